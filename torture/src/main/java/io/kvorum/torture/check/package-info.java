/**
 * Whether a history holds what etcd promises. {@link io.kvorum.torture.check.Checks} builds the one order of all writes
 * from the revisions that were acknowledged and seen, replays it, and compares every answer and every watch with it, in
 * a time nearly linear in the length of the history. {@link io.kvorum.torture.check.Linearizability} searches for an
 * order of a small history without trusting revisions; it is there to check the first one.
 *
 * <p>Sources: etcd's "API guarantees" and "KV API guarantees"; Wing and Gong, "Testing and Verifying Concurrent Objects"
 * (1993); Lowe, "Testing for linearizability" (2016) for the memory of states that led nowhere.
 */
@NullMarked
package io.kvorum.torture.check;

import org.jspecify.annotations.NullMarked;
