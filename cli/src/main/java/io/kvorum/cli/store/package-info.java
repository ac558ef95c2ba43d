/**
 * The store of a cluster as its administrator works with it: over the members' control sockets while they run, by a
 * process of its own on their folders while they do not. What a backup looks like inside, only the store knows.
 */
@NullMarked
package io.kvorum.cli.store;

import org.jspecify.annotations.NullMarked;
