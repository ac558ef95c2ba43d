/** The {@code kvorum lab} commands and the cluster as labs reach it. */
@NullMarked
package io.kvorum.cli.lab;

import org.jspecify.annotations.NullMarked;
