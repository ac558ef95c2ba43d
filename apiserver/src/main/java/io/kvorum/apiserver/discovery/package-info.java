/** Tells clients what is served: the legacy discovery documents and aggregated discovery. Pure. */
@NullMarked
package io.kvorum.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
