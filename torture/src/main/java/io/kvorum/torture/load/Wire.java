package io.kvorum.torture.load;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcd.api.Compare.CompareResult;
import io.kvorum.etcd.api.Compare.CompareTarget;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.DeleteRangeResponse;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.PutResponse;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.etcd.api.RangeResponse;
import io.kvorum.etcd.api.RequestOp;
import io.kvorum.etcd.api.ResponseOp;
import io.kvorum.etcd.api.TxnRequest;
import io.kvorum.etcd.api.TxnResponse;
import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.List;

/** Calls and replies as etcd's messages. */
final class Wire {
    private Wire() {}

    static ByteString key(String key) {
        return ByteString.copyFromUtf8(key);
    }

    static ByteString end(KeyRange range) {
        return ByteString.copyFromUtf8(range.end());
    }

    static PutRequest put(Call.Put put) {
        return PutRequest.newBuilder()
                .setKey(key(put.key()))
                .setValue(Values.wire(put.value()))
                .setLease(put.lease())
                .setPrevKv(put.prevKv())
                .build();
    }

    static DeleteRangeRequest delete(Call.Delete delete) {
        return DeleteRangeRequest.newBuilder()
                .setKey(key(delete.keys().key()))
                .setRangeEnd(end(delete.keys()))
                .setPrevKv(delete.prevKv())
                .build();
    }

    static RangeRequest range(Call.Range range) {
        return RangeRequest.newBuilder()
                .setKey(key(range.keys().key()))
                .setRangeEnd(end(range.keys()))
                .setRevision(range.revision())
                .setSerializable(range.serializable())
                .setLimit(range.limit())
                .setCountOnly(range.countOnly())
                .build();
    }

    static TxnRequest txn(Call.Txn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        txn.compares().forEach(compare -> request.addCompare(compare(compare)));
        txn.success().forEach(step -> request.addSuccess(step(step)));
        txn.failure().forEach(step -> request.addFailure(step(step)));
        return request.build();
    }

    private static io.kvorum.etcd.api.Compare compare(Compare compare) {
        io.kvorum.etcd.api.Compare.Builder wire = io.kvorum.etcd.api.Compare.newBuilder()
                .setKey(key(compare.key()))
                .setResult(
                        switch (compare.relation()) {
                            case EQUAL -> CompareResult.EQUAL;
                            case GREATER -> CompareResult.GREATER;
                            case LESS -> CompareResult.LESS;
                            case NOT_EQUAL -> CompareResult.NOT_EQUAL;
                        });
        switch (compare.target()) {
            case VALUE -> wire.setTarget(CompareTarget.VALUE).setValue(Values.wire(compare.value()));
            case VERSION -> wire.setTarget(CompareTarget.VERSION).setVersion(compare.number());
            case CREATE -> wire.setTarget(CompareTarget.CREATE).setCreateRevision(compare.number());
            case MOD -> wire.setTarget(CompareTarget.MOD).setModRevision(compare.number());
            case LEASE -> wire.setTarget(CompareTarget.LEASE).setLease(compare.number());
        }
        return wire.build();
    }

    private static RequestOp step(Call.Step step) {
        RequestOp.Builder wire = RequestOp.newBuilder();
        if (step instanceof Call.Put put) {
            wire.setRequestPut(put(put));
        } else if (step instanceof Call.Delete delete) {
            wire.setRequestDeleteRange(delete(delete));
        } else if (step instanceof Call.Range range) {
            wire.setRequestRange(range(range));
        }
        return wire.build();
    }

    static KeyValue keyValue(io.kvorum.etcd.api.KeyValue kv) {
        return new KeyValue(
                kv.getKey().toStringUtf8(),
                Values.read(kv.getValue()),
                kv.getCreateRevision(),
                kv.getModRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    private static List<KeyValue> keyValues(List<io.kvorum.etcd.api.KeyValue> kvs) {
        List<KeyValue> read = new ArrayList<>(kvs.size());
        kvs.forEach(kv -> read.add(keyValue(kv)));
        return read;
    }

    static Reply.Put put(PutResponse response, long revision) {
        return new Reply.Put(revision, response.hasPrevKv() ? keyValue(response.getPrevKv()) : null);
    }

    static Reply.Delete delete(DeleteRangeResponse response, long revision) {
        return new Reply.Delete(revision, response.getDeleted(), keyValues(response.getPrevKvsList()));
    }

    static Reply.Range range(RangeResponse response, long revision) {
        return new Reply.Range(revision, keyValues(response.getKvsList()), response.getCount(), response.getMore());
    }

    static Reply.Txn txn(TxnResponse response) {
        List<Reply> replies = new ArrayList<>();
        for (ResponseOp op : response.getResponsesList()) {
            replies.add(
                    switch (op.getResponseCase()) {
                        case RESPONSE_PUT -> put(op.getResponsePut(), 0);
                        case RESPONSE_DELETE_RANGE -> delete(op.getResponseDeleteRange(), 0);
                        case RESPONSE_RANGE -> range(op.getResponseRange(), 0);
                        default -> throw new IllegalStateException("no answer to a step: " + op.getResponseCase());
                    });
        }
        return new Reply.Txn(response.getHeader().getRevision(), response.getSucceeded(), replies);
    }

    /** What an error says of the call's fate: only what names a reason to refuse is certain. */
    static Fate fate(StatusRuntimeException thrown) {
        Status status = thrown.getStatus();
        String text = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case OUT_OF_RANGE ->
                new Fate.Failed(text.contains("compacted") ? Fate.Code.COMPACTED : Fate.Code.FUTURE_REVISION, text);
            case NOT_FOUND -> new Fate.Failed(Fate.Code.LEASE_NOT_FOUND, text);
            case FAILED_PRECONDITION ->
                new Fate.Failed(
                        text.contains("lease already exists") ? Fate.Code.LEASE_EXISTS : Fate.Code.REFUSED, text);
            case INVALID_ARGUMENT, RESOURCE_EXHAUSTED -> new Fate.Failed(Fate.Code.REFUSED, text);
            default -> new Fate.Unknown(status.getCode() + " " + text);
        };
    }
}
