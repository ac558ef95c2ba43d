package io.kvorum.client;

import io.kvorum.api.ApiException;
import org.jspecify.annotations.Nullable;

/** Receives one watch, in order, on the context the watch was opened on. */
public interface WatchHandler<T> {
    void added(T object);

    void modified(T object);

    void deleted(T object);

    /** Everything up to this resourceVersion has been given. */
    void bookmark(String resourceVersion);

    /** The watch is over: null when the server ended it, an {@link ApiException} (410 Expired: list again), or a lost stream. */
    void closed(@Nullable Throwable cause);
}
