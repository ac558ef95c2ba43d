/** Prints objects as rows of a {@code meta.k8s.io} Table, as upstream's server prints them for kubectl. Pure. */
@NullMarked
package io.kvorum.apiserver.table;

import org.jspecify.annotations.NullMarked;
