/** Bugs planted in the store, to see that the torture finds them. */
@NullMarked
package io.kvorum.store.planted;

import org.jspecify.annotations.NullMarked;
