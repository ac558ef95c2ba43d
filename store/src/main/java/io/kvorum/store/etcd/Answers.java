package io.kvorum.store.etcd;

import io.kvorum.etcd.api.DeleteRangeResponse;
import io.kvorum.etcd.api.Event;
import io.kvorum.etcd.api.PutResponse;
import io.kvorum.etcd.api.RangeResponse;
import io.kvorum.etcd.api.ResponseHeader;
import io.kvorum.etcd.api.ResponseOp;
import io.kvorum.etcd.api.TxnResponse;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.OpResult;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.Outcome;

/** Outcomes of the store as etcd's messages. */
final class Answers {
    private Answers() {}

    /** What a command came to, if it came to {@code type}; throws {@link StoreException} when it was not carried out. */
    static <T extends Outcome> T expect(Outcome outcome, Class<T> type) {
        StoreException failure = outcome.failure();
        if (failure != null) {
            throw failure;
        }
        return type.cast(outcome);
    }

    static io.kvorum.etcd.api.KeyValue keyValue(KeyValue kv) {
        return io.kvorum.etcd.api.KeyValue.newBuilder()
                .setKey(Bytes.of(kv.key()))
                .setValue(Bytes.of(kv.value()))
                .setCreateRevision(kv.createRevision())
                .setModRevision(kv.modRevision())
                .setVersion(kv.version())
                .setLease(kv.lease())
                .build();
    }

    static Event event(WatchEvent event) {
        Event.Builder answer = Event.newBuilder().setKv(keyValue(event.kv()));
        if (event.type() == WatchEvent.Type.DELETE) {
            answer.setType(Event.EventType.DELETE);
        }
        if (event.previous() != null) {
            answer.setPrevKv(keyValue(event.previous()));
        }
        return answer.build();
    }

    static RangeResponse range(ResponseHeader header, RangeResult result) {
        RangeResponse.Builder answer = RangeResponse.newBuilder()
                .setHeader(header)
                .setMore(result.more())
                .setCount(result.count());
        result.entries().forEach(kv -> answer.addKvs(keyValue(kv)));
        return answer.build();
    }

    static PutResponse put(ResponseHeader header, OpResult.Put result) {
        PutResponse.Builder answer = PutResponse.newBuilder().setHeader(header);
        if (result.previous() != null) {
            answer.setPrevKv(keyValue(result.previous()));
        }
        return answer.build();
    }

    static DeleteRangeResponse deleted(ResponseHeader header, OpResult.Deleted result) {
        DeleteRangeResponse.Builder answer =
                DeleteRangeResponse.newBuilder().setHeader(header).setDeleted(result.count());
        result.previous().forEach(kv -> answer.addPrevKvs(keyValue(kv)));
        return answer.build();
    }

    static TxnResponse txn(ResponseHeader header, TxnResult result) {
        return new Inner(result).txn(header, result);
    }

    /** The answers within a transaction's. As in etcd each tells the revision that it saw: what was, until something is written. */
    private static final class Inner {
        private final long before;
        private final long after;
        private boolean written;

        Inner(TxnResult outermost) {
            after = outermost.revision();
            before = writes(outermost) ? after - 1 : after;
        }

        private static boolean writes(OpResult result) {
            return result instanceof OpResult.Put
                    || (result instanceof OpResult.Deleted deleted && deleted.count() > 0)
                    || (result instanceof TxnResult txn
                            && txn.results().stream().anyMatch(Inner::writes));
        }

        TxnResponse txn(ResponseHeader header, TxnResult result) {
            TxnResponse.Builder answer =
                    TxnResponse.newBuilder().setHeader(header).setSucceeded(result.succeeded());
            result.results().forEach(one -> answer.addResponses(op(one)));
            return answer.build();
        }

        private ResponseOp op(OpResult result) {
            ResponseOp.Builder answer = ResponseOp.newBuilder();
            if (result instanceof TxnResult txn) {
                return answer.setResponseTxn(txn(ResponseHeader.getDefaultInstance(), txn))
                        .build();
            }
            written |= writes(result);
            ResponseHeader header = ResponseHeader.newBuilder()
                    .setRevision(written ? after : before)
                    .build();
            if (result instanceof RangeResult range) {
                answer.setResponseRange(range(header, range));
            } else if (result instanceof OpResult.Put put) {
                answer.setResponsePut(put(header, put));
            } else if (result instanceof OpResult.Deleted deleted) {
                answer.setResponseDeleteRange(deleted(header, deleted));
            }
            return answer.build();
        }
    }
}
