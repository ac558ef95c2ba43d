/** The store's process: the member's verbs on the bus, its flags, health, metrics and status. */
@NullMarked
package io.kvorum.store.server;

import org.jspecify.annotations.NullMarked;
