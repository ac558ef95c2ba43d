package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.kvorum.kubelet.probes.ProbeResult;
import io.kvorum.kubelet.runtime.ContainerRecord;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The hooks of a container's lifecycle. */
final class ContainerHooks {
    private final PodState state;

    ContainerHooks(PodState state) {
        this.state = state;
    }

    static @Nullable LifecycleHandler postStart(ContainerSlot slot) {
        return slot.spec.getLifecycle() == null
                ? null
                : slot.spec.getLifecycle().getPostStart();
    }

    static @Nullable LifecycleHandler preStop(ContainerSlot slot) {
        return slot.spec.getLifecycle() == null
                ? null
                : slot.spec.getLifecycle().getPreStop();
    }

    /** Carries a hook out for the latest run. Never fails; the result does. */
    Future<ProbeResult> run(ContainerSlot slot, LifecycleHandler hook, Duration limit) {
        ContainerRecord run = slot.last;
        PodEnvironment environment = state.environment;
        if (run == null) {
            return Future.succeededFuture(new ProbeResult(true, ""));
        }
        if (hook.getExec() != null) {
            return environment.prober().exec(run.id(), hook.getExec().getCommand(), limit);
        }
        if (hook.getHttpGet() != null) {
            return environment.prober().http(slot.spec, hook.getHttpGet(), state.ip, limit);
        }
        if (hook.getSleep() != null) {
            long millis = Math.max(1, Math.min(limit.toMillis(), hook.getSleep().getSeconds() * 1000));
            return environment.vertx().timer(millis, TimeUnit.MILLISECONDS).map(new ProbeResult(true, ""));
        }
        // A tcpSocket, which upstream accepts and has never carried out.
        return Future.succeededFuture(new ProbeResult(true, ""));
    }
}
