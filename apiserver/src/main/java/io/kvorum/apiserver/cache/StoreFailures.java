package io.kvorum.apiserver.cache;

import io.kvorum.api.ApiException;
import io.kvorum.store.client.StoreException;
import io.vertx.core.Future;

/** What clients are told when the store did not answer. */
public final class StoreFailures {
    private StoreFailures() {}

    /** A failed future with {@code cause} in the API's words; failures of other kinds stay as they are. */
    public static <T> Future<T> translate(Throwable cause) {
        if (cause instanceof StoreException.Unavailable) {
            return Future.failedFuture(ApiException.unavailable("the store is unavailable: " + cause.getMessage()));
        }
        if (cause instanceof StoreException.Indeterminate) {
            return Future.failedFuture(ApiException.timeout(
                    "the store did not answer in time, the request may have been carried out: " + cause.getMessage()));
        }
        if (cause instanceof StoreException) {
            return Future.failedFuture(ApiException.internal(String.valueOf(cause.getMessage())));
        }
        return Future.failedFuture(cause);
    }
}
