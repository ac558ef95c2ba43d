package io.kvorum.bench.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.options.GetOption;
import java.util.concurrent.CompletableFuture;

/** A request that is measured. */
enum Operation {
    PUT("put") {
        @Override
        CompletableFuture<?> send(KV store, ByteSequence key, ByteSequence value) {
            return store.put(key, value);
        }
    },
    GET("get, linearizable") {
        @Override
        CompletableFuture<?> send(KV store, ByteSequence key, ByteSequence value) {
            return store.get(key);
        }
    },
    SERIALIZABLE_GET("get, serializable") {
        @Override
        CompletableFuture<?> send(KV store, ByteSequence key, ByteSequence value) {
            return store.get(key, SERIALIZABLE);
        }
    };

    private static final GetOption SERIALIZABLE =
            GetOption.builder().withSerializable(true).build();

    private final String title;

    Operation(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Sends it. */
    abstract CompletableFuture<?> send(KV store, ByteSequence key, ByteSequence value);
}
