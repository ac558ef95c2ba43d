/** One class per subcommand of {@code kvorum}. Answers go to standard output, progress and errors to standard error. */
@NullMarked
package io.kvorum.cli.command;

import org.jspecify.annotations.NullMarked;
