package io.kvorum.store.etcd.parity;

import com.google.protobuf.ByteString;
import io.kvorum.etcd.api.CompactionRequest;
import io.kvorum.etcd.api.Compare;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.HashKVRequest;
import io.kvorum.etcd.api.LeaseGrantRequest;
import io.kvorum.etcd.api.LeaseKeepAliveRequest;
import io.kvorum.etcd.api.LeaseLeasesRequest;
import io.kvorum.etcd.api.LeaseRevokeRequest;
import io.kvorum.etcd.api.LeaseTimeToLiveRequest;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.etcd.api.RequestOp;
import io.kvorum.etcd.api.TxnRequest;
import io.kvorum.etcd.api.WatchCancelRequest;
import io.kvorum.etcd.api.WatchCreateRequest;
import io.kvorum.etcd.api.WatchRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Calls that follow from a seed and from the revisions that were answered. Keys, values and leases are few, so that calls
 * concern one another; fewer keys than a dozen, because beyond that etcd's order of equal entries is not stable.
 */
final class RandomCalls {
    private static final List<String> KEYS = List.of("a", "b", "b/1", "b/2", "c", "d", "e", "f");
    private static final List<String> ENDS = List.of("b", "b0", "c", "d", "f", "g", "z", "\0");
    private static final long[] TTLS = {1000, 5000, 100_000, 9_000_000_000L, 9_000_000_001L};
    private static final int STREAMS = 3;
    private static final int DEEPEST = 2;

    private final Random random;
    private final Deque<Step> due = new ArrayDeque<>();
    private final Set<Integer> open = new TreeSet<>();
    private long revision;

    RandomCalls(long seed) {
        random = new Random(seed);
    }

    /** @param newest the store's revision, as it was answered */
    Step next(long newest) {
        revision = newest;
        if (due.isEmpty()) {
            choose();
        }
        return due.remove();
    }

    /** What is left to do when there are to be no more random calls. */
    List<Step> last() {
        open.forEach(stream -> due.add(new Step(Verb.CLOSE, stream, Verb.CLOSE.request())));
        open.clear();
        return List.copyOf(due);
    }

    private void choose() {
        int dice = random.nextInt(100);
        if (dice < 28) {
            due.add(Step.of(Verb.PUT, put()));
        } else if (dice < 48) {
            due.add(Step.of(Verb.RANGE, range()));
        } else if (dice < 54) {
            due.add(Step.of(Verb.DELETE, delete()));
        } else if (dice < 76) {
            due.add(Step.of(Verb.TXN, txn(0, true)));
        } else if (dice < 78) {
            settle();
            due.add(Step.of(Verb.COMPACT, compaction()));
        } else if (dice < 88) {
            due.add(lease());
        } else if (dice < 90) {
            due.add(Step.of(
                    Verb.HASH_KV,
                    HashKVRequest.newBuilder()
                            .setRevision(once(2) ? 0 : revision + random.nextInt(2))
                            .build()));
        } else {
            watch();
        }
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    private ByteString key() {
        return once(60) ? ByteString.EMPTY : bytes(KEYS.get(random.nextInt(KEYS.size())));
    }

    /** Of a range; mostly none. */
    private ByteString end(int manyIn) {
        return once(manyIn) ? bytes(ENDS.get(random.nextInt(ENDS.size()))) : ByteString.EMPTY;
    }

    private ByteString value() {
        return once(12) ? ByteString.EMPTY : bytes("v" + random.nextInt(5));
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private long leaseId() {
        return once(12) ? -3 : 1 + random.nextInt(5);
    }

    /** Of the past, mostly near; sometimes one that cannot be. */
    private long someRevision() {
        return switch (random.nextInt(12)) {
            case 0 -> revision + 1 + random.nextInt(5);
            case 1 -> random.nextInt(3);
            case 2 -> -random.nextInt(3);
            default -> Math.max(1, revision - random.nextInt(25));
        };
    }

    private PutRequest put() {
        PutRequest.Builder put = PutRequest.newBuilder().setKey(key()).setPrevKv(once(3));
        if (once(8)) {
            put.setIgnoreValue(true);
        }
        if (!put.getIgnoreValue() || once(6)) {
            put.setValue(value());
        }
        if (once(8)) {
            put.setIgnoreLease(true);
        }
        // a put alone is refused for its lease first, one in a transaction for its key
        if (once(4) && !put.getIgnoreValue() && (!put.getIgnoreLease() || once(6))) {
            put.setLease(leaseId());
        }
        return put.build();
    }

    private DeleteRangeRequest delete() {
        return DeleteRangeRequest.newBuilder()
                .setKey(key())
                .setRangeEnd(end(4))
                .setPrevKv(once(2))
                .build();
    }

    private RangeRequest range() {
        RangeRequest.Builder range = RangeRequest.newBuilder().setKey(key()).setRangeEnd(once(2) ? end(1) : end(3));
        if (once(3)) {
            range.setLimit(random.nextInt(5) - 1);
        }
        if (once(3)) {
            range.setRevision(someRevision());
        }
        if (once(3)) {
            range.setSortOrderValue(random.nextInt(3));
            range.setSortTargetValue(random.nextInt(5));
            if (range.getSortOrder() == RangeRequest.SortOrder.NONE) {
                range.clearLimit(); // without an order, etcd cuts before it sorts
            }
        }
        if (once(6)) {
            range.setMinModRevision(someRevision());
        }
        if (once(6)) {
            range.setMaxModRevision(someRevision());
        }
        if (once(8)) {
            range.setMinCreateRevision(someRevision());
        }
        if (once(8)) {
            range.setMaxCreateRevision(someRevision());
        }
        return range.setKeysOnly(once(6))
                .setCountOnly(once(8))
                .setSerializable(once(5))
                .build();
    }

    private Compare compare() {
        Compare.Builder compare = Compare.newBuilder()
                .setKey(key())
                .setRangeEnd(end(5))
                .setTargetValue(random.nextInt(5))
                .setResultValue(random.nextInt(4));
        // now and then what it is compared with belongs to another target, or is not there
        switch (once(15) ? random.nextInt(6) : compare.getTargetValue()) {
            case Compare.CompareTarget.VERSION_VALUE -> compare.setVersion(random.nextInt(4));
            case Compare.CompareTarget.CREATE_VALUE -> compare.setCreateRevision(once(2) ? 0 : someRevision());
            case Compare.CompareTarget.MOD_VALUE -> compare.setModRevision(once(2) ? 0 : someRevision());
            case Compare.CompareTarget.VALUE_VALUE -> compare.setValue(value());
            case Compare.CompareTarget.LEASE_VALUE -> compare.setLease(once(2) ? 0 : leaseId());
            default -> compare.clearTargetUnion();
        }
        return compare.build();
    }

    private TxnRequest txn(int depth, boolean deletes) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addCompare(compare());
        }
        return txn.addAllSuccess(ops(depth, deletes))
                .addAllFailure(ops(depth, deletes))
                .build();
    }

    /** Against its own word etcd lets one key be put and deleted in some shapes of transactions, which are not made here. */
    private List<RequestOp> ops(int depth, boolean deletes) {
        List<RequestOp> ops = new ArrayList<>();
        boolean nestedDelete = deletes;
        for (int i = random.nextInt(4); i > 0; i--) {
            RequestOp.Builder op = RequestOp.newBuilder();
            int dice = random.nextInt(20);
            if (dice < 8) {
                op.setRequestRange(range());
            } else if (dice < 14 || depth == DEEPEST) {
                op.setRequestPut(put());
            } else if (dice < 16 && deletes) {
                op.setRequestDeleteRange(deletion());
            } else if (dice < 19) {
                op.setRequestTxn(txn(depth + 1, nestedDelete));
                nestedDelete = false;
            }
            ops.add(op.build());
        }
        return ops;
    }

    private DeleteRangeRequest deletion() {
        DeleteRangeRequest delete = delete();
        boolean range =
                ByteString.unsignedLexicographicalComparator().compare(delete.getKey(), delete.getRangeEnd()) < 0;
        return range ? delete : delete.toBuilder().clearRangeEnd().build();
    }

    private CompactionRequest compaction() {
        long at = once(3) ? someRevision() : revision - random.nextInt(40);
        at = at == 0 ? 1 : at; // which etcd takes once
        return CompactionRequest.newBuilder()
                .setRevision(at)
                .setPhysical(once(2))
                .build();
    }

    private Step lease() {
        long id = leaseId();
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 ->
                Step.of(
                        Verb.GRANT,
                        LeaseGrantRequest.newBuilder()
                                .setID(id)
                                .setTTL(TTLS[random.nextInt(TTLS.length)])
                                .build());
            case 4, 5 ->
                Step.of(
                        Verb.REVOKE,
                        LeaseRevokeRequest.newBuilder().setID(once(9) ? 0 : id).build());
            case 6 ->
                Step.of(
                        Verb.KEEP_ALIVE,
                        LeaseKeepAliveRequest.newBuilder()
                                .setID(once(9) ? 0 : id)
                                .build());
            case 7 -> Step.of(Verb.LEASES, LeaseLeasesRequest.getDefaultInstance());
            default ->
                Step.of(
                        Verb.TIME_TO_LIVE,
                        LeaseTimeToLiveRequest.newBuilder()
                                .setID(once(9) ? 0 : id)
                                .setKeys(once(2))
                                .build());
        };
    }

    private void settle() {
        if (!open.isEmpty()) {
            due.add(Step.of(Verb.SETTLE, Verb.SETTLE.request()));
        }
    }

    private void watch() {
        int stream = 1 + random.nextInt(STREAMS);
        if (open.contains(stream) && once(6)) {
            open.remove(stream);
            due.add(new Step(Verb.CLOSE, stream, Verb.CLOSE.request()));
            return;
        }
        WatchRequest.Builder request = WatchRequest.newBuilder();
        if (open.contains(stream) && once(4)) {
            settle(); // what a watcher has not been told yet is lost when it is cancelled
            request.setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(random.nextInt(8)));
        } else {
            request.setCreateRequest(watcher());
        }
        open.add(stream);
        due.add(new Step(Verb.WATCH, stream, request.build()));
    }

    private WatchCreateRequest watcher() {
        WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder()
                .setKey(key())
                .setRangeEnd(once(2) ? end(1) : end(3))
                .setPrevKv(once(2))
                .setProgressNotify(once(4))
                .setFragment(once(4));
        if (once(2)) {
            create.setStartRevision(Math.max(0, someRevision())); // etcd 3.4 has no good answer to less
        }
        if (once(5)) {
            create.addFilters(WatchCreateRequest.FilterType.NOPUT);
        }
        if (once(5)) {
            create.addFilters(WatchCreateRequest.FilterType.NODELETE);
        }
        if (once(5)) {
            create.setWatchId(2000 + random.nextInt(100_000)); // hardly ever one that was used
        }
        return create.build();
    }
}
