package io.kvorum.apiserver.bootstrap;

import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the namespaces every cluster has again when somebody deleted them: {@code kube-node-lease} may be. */
public final class SystemNamespaces {
    /** How often upstream looks. */
    public static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(SystemNamespaces.class);

    private final Vertx vertx;
    private final BirthObjects birth;
    private boolean running;
    private long timer;

    public SystemNamespaces(Vertx vertx, BirthObjects birth) {
        this.vertx = vertx;
        this.birth = birth;
    }

    /** @param interval between two looks, more than zero */
    public void start(Duration interval) {
        timer = vertx.setPeriodic(interval.toMillis(), tick -> run());
    }

    public void stop() {
        vertx.cancelTimer(timer);
    }

    private void run() {
        if (running) {
            return;
        }
        running = true;
        birth.namespaces().onComplete(done -> {
            running = false;
            if (done.failed()) {
                LOG.warn("system namespaces not kept cause={}", done.cause().toString());
            }
        });
    }
}
