package io.kvorum.store.wal;

import io.kvorum.store.mvcc.Snapshot;

/**
 * A snapshot that came from the leader. It stands for log entries this member does not have, so it is on disk before it
 * is acknowledged; a member's own snapshot only repeats its log and is written in the background.
 */
public record ReceivedSnapshot(Snapshot snapshot) {}
