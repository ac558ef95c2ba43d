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

/** The orderly end of the process: steps run last registered first, each with a time-out, all together with a limit, after a delay. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private record Step(String what, Supplier<Future<?>> action) {}

    private final Deque<Step> steps = new ArrayDeque<>();
    private final IntConsumer exit;
    private boolean begun;
    private Duration delay = Duration.ZERO;

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

    /** From now on the first step waits so long, unless the process ends because something is broken. */
    synchronized void delay(Duration before) {
        delay = before;
    }

    synchronized boolean begun() {
        return begun;
    }

    /** Begins the end; returns at once. Only the first call counts. */
    void begin(int code, String reason) {
        Duration before;
        synchronized (this) {
            if (begun) {
                return;
            }
            begun = true;
            before = code == 0 ? delay : Duration.ZERO;
        }
        Duration limitOfAll = before.plus(LIMIT);
        LOG.atInfo().addKeyValue("reason", reason).log("Stopping");
        Thread limit = daemon("shutdown-limit", () -> {
            try {
                Thread.sleep(limitOfAll.toMillis());
            } catch (InterruptedException e) {
                return;
            }
            LOG.error("Stopping took longer than {} s, ending at once", limitOfAll.toSeconds());
            ProcessLog.flush();
            Runtime.getRuntime().halt(code == 0 ? 1 : code);
        });
        daemon("shutdown", () -> {
            run(before);
            ProcessLog.flush();
            exit.accept(code);
            limit.interrupt();
        });
    }

    private void run(Duration before) {
        try {
            Thread.sleep(before.toMillis());
        } catch (InterruptedException e) {
            return;
        }
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
