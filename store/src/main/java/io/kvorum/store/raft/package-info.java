/**
 * A member of the replicated key space: Hazelcast's Raft algorithm ({@code RaftNodeImpl}, driven directly, without the
 * CP subsystem around it) on one thread, with our log on disk below and the key space above. Members are named, fixed by
 * configuration, and talk over connections of their own, so an election waits for nothing but two members.
 */
@NullMarked
package io.kvorum.store.raft;

import org.jspecify.annotations.NullMarked;
