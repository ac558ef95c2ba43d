package io.kvorum.store.etcd;

import io.grpc.Status;
import io.kvorum.etcd.api.Compare.CompareResult;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.RangeRequest.SortOrder;
import io.kvorum.etcd.api.RequestOp;
import io.kvorum.etcd.api.TxnRequest;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.Selection;
import io.kvorum.store.client.Txn;
import java.util.ArrayList;
import java.util.List;

/** Requests of etcd's API as requests of the store. What etcd refuses before it looks at any key is refused here. */
final class Requests {
    /** Most compares, and most operations of a branch, that a transaction may have; nested ones share what is left. */
    static final int MAX_TXN_OPS = 128;

    private Requests() {}

    static RangeRequest range(io.kvorum.etcd.api.RangeRequest request) {
        require(!request.getKey().isEmpty(), EtcdErrors.EMPTY_KEY);
        return new RangeRequest(
                Bytes.range(request.getKey(), request.getRangeEnd()),
                request.getRevision(),
                (int) Math.max(0, Math.min(request.getLimit(), Integer.MAX_VALUE)),
                request.getKeysOnly(),
                request.getCountOnly(),
                request.getSerializable(),
                selection(request));
    }

    private static Selection selection(io.kvorum.etcd.api.RangeRequest request) {
        boolean plain = request.getSortTargetValue() == 0
                && request.getSortOrderValue() != SortOrder.DESCEND_VALUE
                && request.getMinModRevision() == 0
                && request.getMaxModRevision() == 0
                && request.getMinCreateRevision() == 0
                && request.getMaxCreateRevision() == 0;
        require(request.getSortOrder() != SortOrder.UNRECOGNIZED, EtcdErrors.INVALID_SORT);
        if (plain) {
            return Selection.ALL;
        }
        Selection.By by = switch (request.getSortTarget()) {
            case KEY -> Selection.By.KEY;
            case VERSION -> Selection.By.VERSION;
            case CREATE -> Selection.By.CREATE_REVISION;
            case MOD -> Selection.By.MOD_REVISION;
            case VALUE -> Selection.By.VALUE;
            case UNRECOGNIZED -> throw EtcdErrors.INVALID_SORT.asRuntimeException();
        };
        return new Selection(
                by,
                request.getSortOrder() == SortOrder.DESCEND,
                request.getMinModRevision(),
                request.getMaxModRevision(),
                request.getMinCreateRevision(),
                request.getMaxCreateRevision());
    }

    static Op.Put put(PutRequest request) {
        require(!request.getKey().isEmpty(), EtcdErrors.EMPTY_KEY);
        require(!request.getIgnoreValue() || request.getValue().isEmpty(), EtcdErrors.VALUE_PROVIDED);
        require(!request.getIgnoreLease() || request.getLease() == 0, EtcdErrors.LEASE_PROVIDED);
        return new Op.Put(
                Bytes.of(request.getKey()),
                Bytes.of(request.getValue()),
                request.getLease(),
                request.getPrevKv(),
                request.getIgnoreValue(),
                request.getIgnoreLease());
    }

    static Op.Delete delete(DeleteRangeRequest request) {
        require(!request.getKey().isEmpty(), EtcdErrors.EMPTY_KEY);
        return new Op.Delete(Bytes.range(request.getKey(), request.getRangeEnd()), request.getPrevKv());
    }

    static Txn txn(TxnRequest request) {
        return txn(request, MAX_TXN_OPS);
    }

    private static Txn txn(TxnRequest request, int most) {
        int ops = Math.max(request.getCompareCount(), Math.max(request.getSuccessCount(), request.getFailureCount()));
        require(ops <= most, EtcdErrors.TOO_MANY_OPS);
        List<Compare> compares = new ArrayList<>(request.getCompareCount());
        for (io.kvorum.etcd.api.Compare compare : request.getCompareList()) {
            compares.add(compare(compare));
        }
        return new Txn(compares, ops(request.getSuccessList(), most - ops), ops(request.getFailureList(), most - ops));
    }

    private static List<Op> ops(List<RequestOp> requests, int left) {
        List<Op> ops = new ArrayList<>(requests.size());
        for (RequestOp request : requests) {
            ops.add(
                    switch (request.getRequestCase()) {
                        case REQUEST_RANGE -> new Op.Get(range(request.getRequestRange()));
                        case REQUEST_PUT -> put(request.getRequestPut());
                        case REQUEST_DELETE_RANGE -> delete(request.getRequestDeleteRange());
                        case REQUEST_TXN -> new Op.Nested(txn(request.getRequestTxn(), left));
                        case REQUEST_NOT_SET -> throw EtcdErrors.KEY_NOT_FOUND.asRuntimeException();
                    });
        }
        return ops;
    }

    private static Compare compare(io.kvorum.etcd.api.Compare compare) {
        require(!compare.getKey().isEmpty(), EtcdErrors.EMPTY_KEY);
        Compare.Target target = switch (compare.getTarget()) {
            case VERSION -> Compare.Target.VERSION;
            case CREATE -> Compare.Target.CREATE_REVISION;
            case MOD -> Compare.Target.MOD_REVISION;
            case VALUE -> Compare.Target.VALUE;
            case LEASE -> Compare.Target.LEASE;
            case UNRECOGNIZED -> throw unknown("compare target", compare.getTargetValue());
        };
        boolean value = target == Compare.Target.VALUE;
        return new Compare(
                Bytes.range(compare.getKey(), compare.getRangeEnd()),
                target,
                relation(compare),
                value ? 0 : number(compare, target),
                value ? Bytes.of(compare.getValue()) : ByteSequence.EMPTY);
    }

    /** A target without its value is compared with nothing: zero, or no bytes. */
    private static long number(io.kvorum.etcd.api.Compare compare, Compare.Target target) {
        return switch (target) {
            case VERSION -> compare.getVersion();
            case CREATE_REVISION -> compare.getCreateRevision();
            case MOD_REVISION -> compare.getModRevision();
            case LEASE -> compare.getLease();
            case VALUE -> throw new IllegalArgumentException("a value is not a number");
        };
    }

    private static Compare.Relation relation(io.kvorum.etcd.api.Compare compare) {
        CompareResult result = compare.getResult();
        return switch (result) {
            case EQUAL -> Compare.Relation.EQUAL;
            case GREATER -> Compare.Relation.GREATER;
            case LESS -> Compare.Relation.LESS;
            case NOT_EQUAL -> Compare.Relation.NOT_EQUAL;
            case UNRECOGNIZED -> throw unknown("compare result", compare.getResultValue());
        };
    }

    private static RuntimeException unknown(String what, int number) {
        return Status.INVALID_ARGUMENT
                .withDescription("etcdserver: unknown " + what + " " + number)
                .asRuntimeException();
    }

    static void require(boolean holds, Status otherwise) {
        if (!holds) {
            throw otherwise.asRuntimeException();
        }
    }
}
