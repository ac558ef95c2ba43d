/**
 * What the API server tells a client of an object that it takes all the same: what is deprecated, ignored or unlikely to
 * be meant. The texts are upstream's (1.36); they go out as {@code Warning} headers.
 */
@NullMarked
package io.kvorum.api.warning;

import org.jspecify.annotations.NullMarked;
