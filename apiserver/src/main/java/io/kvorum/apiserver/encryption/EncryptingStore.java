package io.kvorum.apiserver.encryption;

import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.OpResult;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.StoreWatch;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.client.WatchHandler;
import io.vertx.core.Future;
import java.security.GeneralSecurityException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store whose values are encrypted on the way in and decrypted on the way out, by the rules for their resources. */
public final class EncryptingStore extends ForwardingStore {
    private volatile EncryptionRules rules;

    public EncryptingStore(Store store, EncryptionRules rules) {
        super(store);
        this.rules = rules;
    }

    /** From now on these rules hold; what was stored by others can be read as long as their keys are among them. */
    public Future<Void> use(EncryptionRules others) {
        rules = others;
        return Future.succeededFuture();
    }

    @Override
    public Future<TxnResult> commit(Txn txn) {
        return attempt(() -> store.commit(sealed(txn))).map(this::opened);
    }

    @Override
    public Future<RangeResult> range(RangeRequest request) {
        return store.range(request).map(this::opened);
    }

    @Override
    public Future<StoreWatch> watch(KeyRange range, long startRevision, boolean previous, WatchHandler handler) {
        return store.watch(range, startRevision, previous, new WatchHandler() {
            @Override
            public void events(long revision, List<WatchEvent> events) {
                List<WatchEvent> opened;
                try {
                    opened = events.stream().map(EncryptingStore.this::opened).toList();
                } catch (StoreException unreadable) {
                    handler.failed(unreadable);
                    return;
                }
                handler.events(revision, opened);
            }

            @Override
            public void progress(long revision) {
                handler.progress(revision);
            }

            @Override
            public void failed(StoreException cause) {
                handler.failed(cause);
            }
        });
    }

    // ---- in

    private interface Attempt<T> {
        Future<T> begin() throws StoreException;
    }

    private static <T> Future<T> attempt(Attempt<T> attempt) {
        try {
            return attempt.begin();
        } catch (StoreException refused) {
            return Future.failedFuture(refused);
        }
    }

    private Txn sealed(Txn txn) {
        return new Txn(txn.compares(), sealed(txn.success()), sealed(txn.failure()));
    }

    private List<Op> sealed(List<Op> ops) {
        return ops.stream().map(this::sealed).toList();
    }

    private Op sealed(Op op) {
        if (op instanceof Op.Put put && !put.keepValue()) {
            ByteSequence value = value(put.key(), put.value(), true);
            return new Op.Put(put.key(), value, put.lease(), put.previous(), false, put.keepLease());
        }
        return op instanceof Op.Nested nested ? new Op.Nested(sealed(nested.txn())) : op;
    }

    /** {@code /registry/GROUP/RESOURCE/...}; other keys pass as they are. */
    private ByteSequence value(ByteSequence key, ByteSequence value, boolean seal) {
        String text = key.toString();
        int group = StoreKeys.ROOT.length();
        int resource = text.startsWith(StoreKeys.ROOT) ? text.indexOf('/', group) : -1;
        int path = resource < 0 ? -1 : text.indexOf('/', resource + 1);
        if (path < 0 || value.isEmpty()) {
            return value;
        }
        String of = text.substring(group, resource);
        String name = text.substring(resource + 1, path);
        try {
            byte[] bytes = value.array();
            byte[] other = seal ? rules.seal(of, name, bytes, key.array()) : rules.open(of, name, bytes, key.array());
            return other == bytes ? value : ByteSequence.wrap(other);
        } catch (GeneralSecurityException e) {
            throw new StoreException.Refused(
                    Refusal.MALFORMED, "unable to transform key \"" + text + "\": " + e.getMessage());
        }
    }

    // ---- out

    private @Nullable KeyValue opened(@Nullable KeyValue kv) {
        if (kv == null) {
            return null;
        }
        ByteSequence value = value(kv.key(), kv.value(), false);
        return value == kv.value()
                ? kv
                : new KeyValue(kv.key(), value, kv.createRevision(), kv.modRevision(), kv.version(), kv.lease());
    }

    private List<KeyValue> all(List<KeyValue> entries) {
        return entries.stream().map(kv -> (KeyValue) opened(kv)).toList();
    }

    private RangeResult opened(RangeResult result) {
        return new RangeResult(result.revision(), all(result.entries()), result.more(), result.count());
    }

    private TxnResult opened(TxnResult result) {
        return new TxnResult(
                result.revision(),
                result.succeeded(),
                result.results().stream().map(this::opened).toList());
    }

    private OpResult opened(OpResult result) {
        if (result instanceof RangeResult range) {
            return opened(range);
        }
        if (result instanceof TxnResult txn) {
            return opened(txn);
        }
        if (result instanceof OpResult.Put put) {
            return new OpResult.Put(opened(put.previous()));
        }
        OpResult.Deleted deleted = (OpResult.Deleted) result;
        return new OpResult.Deleted(deleted.count(), all(deleted.previous()));
    }

    private WatchEvent opened(WatchEvent event) {
        KeyValue kv = event.type() == WatchEvent.Type.PUT ? opened(event.kv()) : event.kv();
        return new WatchEvent(event.type(), kv == null ? event.kv() : kv, opened(event.previous()));
    }
}
