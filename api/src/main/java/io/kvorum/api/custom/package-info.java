/** Custom resources: their structural schemas and what these do to an object - pruning, defaulting, validation. */
@NullMarked
package io.kvorum.api.custom;

import org.jspecify.annotations.NullMarked;
