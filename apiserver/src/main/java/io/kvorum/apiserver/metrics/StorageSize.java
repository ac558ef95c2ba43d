package io.kvorum.apiserver.metrics;

import io.kvorum.store.client.Store;
import io.prometheus.metrics.core.metrics.Gauge;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store from time to time how large it is, for {@code apiserver_storage_size_bytes}. While it does not answer there
 * is no number.
 */
public final class StorageSize {
    private static final Logger LOG = LoggerFactory.getLogger(StorageSize.class);

    /** As upstream names the first of its storages. */
    private static final String ID = "etcd-0";

    private final Store store;
    private final Gauge gauge;
    private boolean underway;

    public StorageSize(Store store, Meters meters) {
        this.store = store;
        gauge = meters.gauge(
                "apiserver_storage_size_bytes", "Bytes of the store on the disk of one member.", "storage_cluster_id");
    }

    /** Asks at once and then every {@code interval}, zero for never. On the context of the caller. */
    public void start(Vertx vertx, Duration interval) {
        if (!interval.isZero()) {
            vertx.setPeriodic(0, interval.toMillis(), timer -> ask());
        }
    }

    private void ask() {
        if (underway) {
            return;
        }
        underway = true;
        store.diskBytes().onComplete(answer -> {
            underway = false;
            if (answer.succeeded()) {
                gauge.labelValues(ID).set(answer.result());
            } else {
                gauge.remove(ID);
                LOG.debug(
                        "the size of the store is not known cause={}",
                        answer.cause().toString());
            }
        });
    }
}
