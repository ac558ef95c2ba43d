package io.kvorum.traffic;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a load is to do.
 *
 * @param target {@code http} or {@code https} with host, port (default 80, 443), path and query
 * @param rate requests a second, 1 to 20,000
 * @param duration how long requests are sent; zero: until the load is stopped
 * @param concurrency most requests on their way at once; one more waits, and its wait counts
 * @param timeout of one request, from when it is sent
 * @param headers in order, names as to be sent; {@code Host} replaces the target's
 * @param keepAlive use connections again; otherwise each request has one of its own, as from a new user
 * @param tls for {@code https}; null for the JDK's own trust
 */
public record LoadPlan(
        URI target,
        String method,
        double rate,
        Duration duration,
        int concurrency,
        Duration timeout,
        List<Map.Entry<String, String>> headers,
        boolean keepAlive,
        VersionRule versions,
        @Nullable SSLSocketFactory tls) {
    private static final long MOST_REQUESTS = 5_000_000;

    public LoadPlan {
        headers = List.copyOf(headers);
        String scheme = String.valueOf(target.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https") || target.getHost() == null) {
            throw new IllegalArgumentException("\"" + target + "\" is no http:// or https:// address");
        }
        if (!(rate > 0) || rate > 20_000) {
            throw new IllegalArgumentException("the rate must be above 0 and at most 20000 a second, is " + rate);
        }
        if (concurrency < 1 || concurrency > 4096) {
            throw new IllegalArgumentException("the concurrency must be from 1 to 4096, is " + concurrency);
        }
        if (rate * duration.toMillis() / 1000 > MOST_REQUESTS) {
            throw new IllegalArgumentException("a load of more than " + MOST_REQUESTS + " requests is too long");
        }
    }

    /** A load of GETs with the defaults: concurrency 128, time-out 5 s, a connection for each request. */
    public static LoadPlan get(URI target, double rate, Duration duration) {
        return new LoadPlan(
                target, "GET", rate, duration, 128, Duration.ofSeconds(5), List.of(), false, VersionRule.DEFAULT, null);
    }

    public LoadPlan withHeader(String name, String value) {
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.add(Map.entry(name, value));
        return new LoadPlan(target, method, rate, duration, concurrency, timeout, all, keepAlive, versions, tls);
    }

    public LoadPlan withKeepAlive() {
        return new LoadPlan(target, method, rate, duration, concurrency, timeout, headers, true, versions, tls);
    }

    public LoadPlan withVersions(VersionRule rule) {
        return new LoadPlan(target, method, rate, duration, concurrency, timeout, headers, keepAlive, rule, tls);
    }

    boolean secure() {
        return target.getScheme().equals("https");
    }

    int port() {
        return target.getPort() >= 0 ? target.getPort() : secure() ? 443 : 80;
    }
}
