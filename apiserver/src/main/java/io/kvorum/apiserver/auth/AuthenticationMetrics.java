package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.metrics.Meters;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Set;

/**
 * How requests were told whose they are, under the names that kube-apiserver has for it. Users are told by the few kinds that
 * upstream tells apart, not by name. Belongs to the event loop.
 */
public final class AuthenticationMetrics {
    private static final Set<String> KNOWN =
            Set.of("admin", "client", "kube_proxy", "kubelet", "system:serviceaccount:kube-system:default");
    private static final double[] EXPIRATIONS = {
        0, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 345600, 604800, 2592000, 7776000, 15552000, 31104000
    };

    private final Clock clock;
    private final Attempts succeeded;
    private final Attempts failed;
    private final Attempts broken;
    private final Gauge users;
    private final DistributionDataPoint expirations;

    /** Those with one result. */
    private record Attempts(GaugeDataPoint count, DistributionDataPoint durations) {
        void record(long nanos) {
            count.inc();
            durations.observe(nanos / 1e9);
        }
    }

    public AuthenticationMetrics(Meters meters, Clock clock) {
        this.clock = clock;
        Gauge counts =
                meters.tally("authentication_attempts", "Requests by what came of telling whose they are.", "result");
        Histogram durations = meters.histogram(
                "authentication_duration_seconds",
                "How long it took to tell whose a request is.",
                Meters.growing(.001, 2, 15),
                "result");
        succeeded = attempts(counts, durations, "success");
        failed = attempts(counts, durations, "failure");
        broken = attempts(counts, durations, "error");
        expirations = meters.histogram(
                "apiserver_client_certificate_expiration_seconds",
                "How long the client certificates of requests still hold.",
                EXPIRATIONS);
        users = meters.tally(
                "authenticated_user_requests", "Requests by users, who are told by a few kinds.", "username");
    }

    /** A request came with a certificate. */
    void certified(X509Certificate certificate) {
        expirations.observe((certificate.getNotAfter().getTime() - clock.millis()) / 1e3);
    }

    private static Attempts attempts(Gauge counts, Histogram durations, String result) {
        return new Attempts(counts.labelValues(result), durations.labelValues(result));
    }

    void succeeded(String user, long nanos) {
        succeeded.record(nanos);
        users.labelValues(KNOWN.contains(user) ? user : user.indexOf('@') >= 0 ? "email_id" : "other")
                .inc();
    }

    /** There was no credential that anybody could have understood. */
    void failed(long nanos) {
        failed.record(nanos);
    }

    /** There was one, which is not good. */
    void broken(long nanos) {
        broken.record(nanos);
    }
}
