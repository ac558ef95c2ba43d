package io.kvorum.client;

import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Brings the cluster one step nearer to what an object asks for. */
public interface Reconciler<K> {
    /** Idempotent; must not ask why it was called. A failed future brings the key back with backoff. */
    Future<Result> reconcile(K key);

    /** How a reconcile ended: done, or to be looked at again after a while. */
    record Result(@Nullable Duration again) {
        private static final Result DONE = new Result(null);

        public static Result done() {
            return DONE;
        }

        public static Result after(Duration delay) {
            return new Result(delay);
        }
    }
}
