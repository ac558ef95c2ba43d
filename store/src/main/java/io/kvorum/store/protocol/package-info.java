/** What goes over the bus between the members of the store and their clients. */
@NullMarked
package io.kvorum.store.protocol;

import org.jspecify.annotations.NullMarked;
