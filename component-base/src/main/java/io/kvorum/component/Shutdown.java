package io.kvorum.component;

import io.kvorum.component.log.ProcessLog;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The orderly end of the process: steps run last registered first, each with a time-out, all together with a limit. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private record Step(String what, Supplier<Future<?>> action) {}

    private final Deque<Step> steps = new ArrayDeque<>();
    private final IntConsumer exit;
    private boolean begun;

    /** @param exit ends the process with an exit code */
    Shutdown(IntConsumer exit) {
        this.exit = exit;
    }

    /** Adds a step; at once when the shutdown has begun, because then what it would end has just been made. */
    void register(String what, Supplier<Future<?>> action) {
        synchronized (this) {
            if (!begun) {
                steps.push(new Step(what, action));
                return;
            }
        }
        action.get().onFailure(cause -> LOG.warn("Stopping {} failed", what, cause));
    }

    synchronized boolean begun() {
        return begun;
    }

    /** Begins the end; returns at once. Only the first call counts. */
    void begin(int code, String reason) {
        synchronized (this) {
            if (begun) {
                return;
            }
            begun = true;
        }
        LOG.atInfo().addKeyValue("reason", reason).log("Stopping");
        Thread limit = daemon("shutdown-limit", () -> {
            try {
                Thread.sleep(LIMIT.toMillis());
            } catch (InterruptedException e) {
                return;
            }
            LOG.error("Stopping took longer than {} s, ending at once", LIMIT.toSeconds());
            ProcessLog.flush();
            Runtime.getRuntime().halt(code == 0 ? 1 : code);
        });
        daemon("shutdown", () -> {
            run();
            ProcessLog.flush();
            exit.accept(code);
            limit.interrupt();
        });
    }

    private void run() {
        for (Step step = next(); step != null; step = next()) {
            try {
                step.action.get().toCompletionStage().toCompletableFuture().get(STEP.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.warn("Stopping {} took longer than {} s", step.what, STEP.toSeconds());
            } catch (ExecutionException | RuntimeException e) {
                LOG.warn("Stopping {} failed", step.what, e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized @Nullable Step next() {
        return steps.poll();
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
