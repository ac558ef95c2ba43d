/** What a resource does around writes: which fields a client may set, when the generation rises, how long deletion waits. */
@NullMarked
package io.kvorum.api.strategy;

import org.jspecify.annotations.NullMarked;
