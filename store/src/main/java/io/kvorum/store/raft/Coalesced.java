package io.kvorum.store.raft;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets many callers share few runs of one operation. A caller never gets the result of a run that began before it asked:
 * while one run is under way, all who ask wait for the next. Thread-safe.
 */
public final class Coalesced<T> {
    private final Supplier<CompletableFuture<T>> operation;
    private boolean running;
    private @Nullable CompletableFuture<T> next;

    public Coalesced(Supplier<CompletableFuture<T>> operation) {
        this.operation = operation;
    }

    /** The result of a run that begins after this call. */
    public CompletableFuture<T> get() {
        CompletableFuture<T> result;
        synchronized (this) {
            if (next != null) {
                return next;
            }
            result = new CompletableFuture<>();
            if (running) {
                next = result;
                return result;
            }
            running = true;
        }
        run(result);
        return result;
    }

    private void run(CompletableFuture<T> result) {
        CompletableFuture<T> run;
        try {
            run = operation.get();
        } catch (RuntimeException e) {
            run = CompletableFuture.failedFuture(e);
        }
        run.whenComplete((value, failure) -> {
            CompletableFuture<T> waiting;
            synchronized (this) {
                waiting = next;
                next = null;
                running = waiting != null;
            }
            if (waiting != null) {
                run(waiting);
            }
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }
}
