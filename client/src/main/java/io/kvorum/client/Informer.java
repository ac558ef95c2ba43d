package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A cache of one resource kept up to date: lists, then watches from there; resumes at the last resourceVersion when the
 * watch breaks, lists again on 410 Expired. The cache is updated before handlers are called.
 */
public interface Informer<T extends HasMetadata> {
    Lister<T> lister();

    /** Adds a handler; it gets an {@code added} for every object already cached. Called on the informer's context. */
    void handler(Handler<T> handler);

    /** Adds an index before start: {@code values} gives the keys an object is found under. See {@link Lister#byIndex}. */
    void index(String name, Function<T, List<String>> values);

    /** Starts (idempotent) and completes when the first list is in the cache. */
    Future<Void> start();

    boolean synced();

    void stop();

    /** Told of changes, in order. */
    interface Handler<T> {
        void added(T object);

        void updated(T before, T after);

        /** The last known state of what was deleted. */
        void deleted(T object);

        /** A handler that does one thing whatever happened, such as to enqueue the owner's key. An update gives the new state. */
        static <T> Handler<T> each(Consumer<? super T> action) {
            return of(action, action);
        }

        /** A handler that does one thing with what is there, new or changed, and nothing with what is deleted. */
        static <T> Handler<T> present(Consumer<? super T> action) {
            return of(action, gone -> {});
        }

        private static <T> Handler<T> of(Consumer<? super T> present, Consumer<? super T> gone) {
            return new Handler<>() {
                @Override
                public void added(T object) {
                    present.accept(object);
                }

                @Override
                public void updated(T before, T after) {
                    present.accept(after);
                }

                @Override
                public void deleted(T object) {
                    gone.accept(object);
                }
            };
        }
    }
}
