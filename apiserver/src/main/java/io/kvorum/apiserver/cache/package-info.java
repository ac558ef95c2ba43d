/** The watch cache: one store watch, per-resource versions encoded once, bounded history, watchers with selectors. */
@NullMarked
package io.kvorum.apiserver.cache;

import org.jspecify.annotations.NullMarked;
