/** Measurements of a whole cluster, as a user meets it; each prints a line per figure. */
@NullMarked
package io.kvorum.bench;

import org.jspecify.annotations.NullMarked;
