/** The {@code kvorum} command: one class per subcommand, talking to the cluster's launcher over its control socket. */
@NullMarked
package io.kvorum.cli;

import org.jspecify.annotations.NullMarked;
