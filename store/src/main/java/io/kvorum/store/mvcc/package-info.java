/**
 * The key space: many versions of each key under one dense revision, with transactions, compaction, leases and
 * exactly-once requests. Pure: no clock, no threads, no I/O; everything that varies comes inside the commands, so equal
 * command sequences give equal states on every member. Semantics are etcd's (etcd API reference, "KV" and "Lease").
 */
@NullMarked
package io.kvorum.store.mvcc;

import org.jspecify.annotations.NullMarked;
