/**
 * What the rest of the system sees of the store: transactions, ranges at a revision, watches and leases, with etcd's
 * semantics (etcd API guarantees: strict serializability of KV operations; watches ordered, unique, reliable, atomic,
 * resumable and bookmarkable). Keys and values are opaque bytes.
 */
@NullMarked
package io.kvorum.store.client;

import org.jspecify.annotations.NullMarked;
