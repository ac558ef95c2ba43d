/**
 * The key space: many versions of each key under one dense revision, with transactions, compaction, leases and
 * exactly-once requests. Pure: no clock, no threads, no I/O; everything that varies comes inside the commands, so equal
 * command sequences give equal states on every member. A compaction is one number, the oldest revision that can be read; what
 * lies before it is dropped afterwards in small steps ({@link KeySpace#purge}), which no reader, hash or snapshot can tell, so
 * that no write waits for a pass over all keys. Semantics are etcd's (etcd API reference, "KV" and "Lease").
 */
@NullMarked
package io.kvorum.store.mvcc;

import org.jspecify.annotations.NullMarked;
