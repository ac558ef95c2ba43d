/** What a local cluster is: its specification, its folder on disk, the addresses and command lines of its components. Pure. */
@NullMarked
package io.kvorum.cli.cluster;

import org.jspecify.annotations.NullMarked;
