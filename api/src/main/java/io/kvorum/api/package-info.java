/**
 * The object model: which resources exist ({@link io.kvorum.api.ResourceCatalog}), how the API says no ({@link
 * io.kvorum.api.ApiException}), selectors, quantities, patches, schemas, defaults, validation. Objects are Jackson
 * trees here; no Vert.x, no I/O.
 */
@NullMarked
package io.kvorum.api;

import org.jspecify.annotations.NullMarked;
