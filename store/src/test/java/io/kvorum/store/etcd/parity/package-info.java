/**
 * The store beside the real etcd: the same calls to both must have the same answers.
 *
 * <p>{@link io.kvorum.store.etcd.parity.RandomCalls} makes calls from a seed, {@link io.kvorum.store.etcd.parity.Caller}
 * makes them at a server and tells the answers as text, without what is a server's own: its ids, its terms, the moment.
 * What an etcd 3.4 answered is kept as a {@link io.kvorum.store.etcd.parity.Transcript}, so that the comparison needs no
 * etcd; where there is one, {@link io.kvorum.store.etcd.parity.EtcdParityTest} compares with it, too.
 */
@NullMarked
package io.kvorum.store.etcd.parity;

import org.jspecify.annotations.NullMarked;
