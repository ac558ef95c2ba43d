/**
 * The store as etcd: its API v3 over gRPC, so that {@code etcdctl} and every client library of etcd work.
 *
 * <p>Design. One class a service. Each verb checks the request as etcd does, turns it into a command or a read of {@link
 * io.kvorum.store.server.MemberStore}, and its outcome into etcd's answer or into the very error text that clients look
 * for. Requests are taken on gRPC's own threads, which nothing here blocks; outcomes come from the member's thread and
 * are turned into answers on a pool, so that the member's thread is left to Raft. A watcher is a sink of the member's
 * {@link io.kvorum.store.watch.WatchHub}; when gRPC's buffer of its stream is full it is left alone until there is room.
 */
@NullMarked
package io.kvorum.store.etcd;

import org.jspecify.annotations.NullMarked;
