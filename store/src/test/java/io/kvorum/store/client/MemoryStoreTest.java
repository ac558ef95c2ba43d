package io.kvorum.store.client;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

final class MemoryStoreTest implements StoreContract {
    private final Vertx vertx = Vertx.vertx();
    private final MemoryStore store = MemoryStore.create(vertx);

    @Override
    public Store store() {
        return store;
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        vertx.close().await(5, TimeUnit.SECONDS);
    }
}
