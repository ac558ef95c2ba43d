package io.kvorum.apiserver.metrics;

import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells how long a store takes, under the names that kube-apiserver has for its etcd. Belongs to the API server's event loop.
 *
 * <p>A write is a {@code create} when it is made on the condition that there is no such key, a {@code delete} when it removes one,
 * else an {@code update}; a read is a {@code get} or a {@code list}. What is not an object of the API has no resource.
 */
public final class MeteredStore extends ForwardingStore {
    private static final StoreKeys.Stored NO_OBJECT = new StoreKeys.Stored("", "");
    private static final String[] LABELS = {"operation", "group", "resource"};

    private final Counter requests;
    private final Counter errors;
    private final Histogram durations;
    private final Map<Key, Meter> known = new HashMap<>();

    private record Key(String operation, StoreKeys.Stored stored) {
        static Key of(String operation, ByteSequence key) {
            String path = key.toString();
            return new Key(
                    operation,
                    path.startsWith(StoreKeys.ROOT)
                            ? StoreKeys.Stored.of(path.substring(StoreKeys.ROOT.length()))
                            : NO_OBJECT);
        }
    }

    private record Meter(CounterDataPoint requests, CounterDataPoint errors, DistributionDataPoint duration) {}

    public MeteredStore(Store store, Meters meters) {
        super(store);
        requests = meters.counter("etcd_requests_total", "Requests to the store.", LABELS);
        errors = meters.counter("etcd_request_errors_total", "Requests to the store that failed.", LABELS);
        durations = meters.histogram(
                "etcd_request_duration_seconds", "How long the store took to answer.", Meters.REQUEST_SECONDS, LABELS);
    }

    @Override
    public Future<TxnResult> commit(Txn txn) {
        return timed(key(txn), super.commit(txn));
    }

    @Override
    public Future<RangeResult> range(RangeRequest request) {
        boolean one = request.range().equals(KeyRange.single(request.range().from()));
        return timed(Key.of(one ? "get" : "list", request.range().from()), super.range(request));
    }

    private static Key key(Txn txn) {
        for (Op op : txn.success()) {
            if (op instanceof Op.Put put) {
                boolean creates = txn.compares().stream().anyMatch(each -> each.equals(Compare.absent(put.key())));
                return Key.of(creates ? "create" : "update", put.key());
            }
            if (op instanceof Op.Delete delete) {
                return Key.of("delete", delete.range().from());
            }
        }
        return new Key("txn", NO_OBJECT);
    }

    private <T> Future<T> timed(Key key, Future<T> answer) {
        Meter meter = known.computeIfAbsent(key, this::meter);
        long began = System.nanoTime();
        return answer.onComplete(done -> {
            meter.duration.observe((System.nanoTime() - began) / 1e9);
            meter.requests.inc();
            if (done.failed()) {
                meter.errors.inc();
            }
        });
    }

    private Meter meter(Key key) {
        String[] labels = {key.operation, key.stored.group(), key.stored.resource()};
        return new Meter(requests.labelValues(labels), errors.labelValues(labels), durations.labelValues(labels));
    }
}
