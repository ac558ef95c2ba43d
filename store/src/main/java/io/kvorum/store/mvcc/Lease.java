package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;

/**
 * A lease.
 *
 * @param seconds its full time to live
 * @param renewedAt log index of the grant or the last renewal
 * @param keys the keys attached to it
 */
record Lease(long seconds, long renewedAt, SortedTree<ByteSequence, Boolean> keys) {
    Lease renewed(long index) {
        return new Lease(seconds, index, keys);
    }

    Lease attach(ByteSequence key) {
        return new Lease(seconds, renewedAt, keys.with(key, true));
    }

    Lease detach(ByteSequence key) {
        return new Lease(seconds, renewedAt, keys.without(key));
    }
}
