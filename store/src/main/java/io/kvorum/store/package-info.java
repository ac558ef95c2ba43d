/** The store's process. */
@NullMarked
package io.kvorum.store;

import org.jspecify.annotations.NullMarked;
