package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.metrics.Durations;
import io.kvorum.apiserver.metrics.Tally;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How requests were told whose they are, under the names that kube-apiserver has for it. Users are told by the few kinds that
 * upstream tells apart, not by name. Belongs to the event loop.
 */
public final class AuthenticationMetrics {
    private static final Set<String> KNOWN =
            Set.of("admin", "client", "kube_proxy", "kubelet", "system:serviceaccount:kube-system:default");
    private static final int BOUNDS = 15;

    private final MeterRegistry registry;
    private final Timer succeeded;
    private final Timer failed;
    private final Timer broken;
    private final Tally users;

    public AuthenticationMetrics(MeterRegistry registry) {
        this.registry = registry;
        double[] bounds = new double[BOUNDS];
        for (int i = 0; i < BOUNDS; i++) {
            bounds[i] = (1 << i) / 1e3;
        }
        Durations durations = new Durations(registry, "authentication.duration", bounds, "result");
        succeeded = attempts(durations, "success");
        failed = attempts(durations, "failure");
        broken = attempts(durations, "error");
        users = new Tally(registry, "authenticated.user.requests", "username");
    }

    /** Not called {@code ..._total} upstream, so no counter here; see {@link Tally}. */
    private Timer attempts(Durations durations, String result) {
        Timer timer = durations.of(result);
        Gauge.builder("authentication.attempts", timer, Timer::count)
                .tag("result", result)
                .register(registry);
        return timer;
    }

    void succeeded(String user, long nanos) {
        succeeded.record(nanos, TimeUnit.NANOSECONDS);
        users.add(KNOWN.contains(user) ? user : user.indexOf('@') >= 0 ? "email_id" : "other");
    }

    /** There was no credential that anybody could have understood. */
    void failed(long nanos) {
        failed.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** There was one, which is not good. */
    void broken(long nanos) {
        broken.record(nanos, TimeUnit.NANOSECONDS);
    }
}
