package io.kvorum.labs;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends requests and looks at what comes back. */
final class HttpProbe {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(3);
    private static final Duration KUBECTL_LIMIT = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 500;
    private static final Pattern NAMED = Pattern.compile("(service|gateway)/([a-z0-9-]+):(\\d+)(/.*)?");

    private HttpProbe() {}

    /** One answer; head and body in one text. A request without an answer has status 0 and the reason as its text. */
    private record Answer(int status, String body, String text) {}

    static Verdict evaluate(Check.OfHttp check, LabCluster cluster, LabRun run) {
        long deadline = System.nanoTime() + check.within().toNanos();
        while (true) {
            Verdict verdict = once(check, cluster, run);
            if (verdict.passed() || System.nanoTime() >= deadline) {
                return verdict;
            }
            Pause.of(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static Verdict once(Check.OfHttp check, LabCluster cluster, LabRun run) {
        String url = url(check.target(), cluster, run);
        if (url.isEmpty()) {
            return failed(check, check.target() + " does not exist");
        }
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < check.requests(); i++) {
            Answer answer = request(url, check);
            if (check.status() != 0 && answer.status() != check.status()) {
                return failed(check, answer.status() == 0 ? answer.text() : "status " + answer.status());
            }
            answers.add(answer);
        }
        Set<String> bodies = new HashSet<>();
        answers.forEach(answer -> bodies.add(answer.body()));
        if (bodies.size() < check.different()) {
            return failed(check, bodies.size() + " different answer(s)");
        }
        List<String> seen = new ArrayList<>();
        for (Check.Share share : check.share()) {
            long matching = answers.stream()
                    .filter(answer -> answer.text().contains(share.text()))
                    .count();
            double percent = 100.0 * matching / answers.size();
            String part = String.format(Locale.ROOT, "%.1f%% \"%s\"", percent, share.text());
            if (Math.abs(percent - share.percent()) > share.tolerance()) {
                return failed(check, part);
            }
            seen.add(part);
        }
        return Verdict.pass(answers.size() + " answers of " + check.target()
                + (seen.isEmpty() ? "" : ": " + String.join(", ", seen)));
    }

    private static Verdict failed(Check.OfHttp check, String found) {
        return Verdict.fail(check.otherwise().replace("{value}", found));
    }

    /** Each request has a connection of its own, since connections are what kube-proxy balances. */
    private static Answer request(String url, Check.OfHttp check) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setConnectTimeout((int) REQUEST_LIMIT.toMillis());
            connection.setReadTimeout((int) REQUEST_LIMIT.toMillis());
            connection.setInstanceFollowRedirects(false);
            check.headers().forEach(connection::setRequestProperty);
            connection.setRequestProperty("Connection", "close");
            int status = connection.getResponseCode();
            InputStream stream = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
            String body = stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            StringBuilder head = new StringBuilder();
            connection
                    .getHeaderFields()
                    .forEach((name, values) -> values.forEach(value ->
                            head.append(name).append(": ").append(value).append('\n')));
            return new Answer(status, body, head + body);
        } catch (IOException e) {
            return new Answer(0, "", "no answer (" + e.getMessage() + ")");
        }
    }

    /** The URL itself, or the address of the service or gateway; empty when there is none. */
    private static String url(String target, LabCluster cluster, LabRun run) {
        Matcher named = NAMED.matcher(target);
        if (!named.matches()) {
            return target;
        }
        String field = named.group(1).equals("service") ? "{.spec.clusterIP}" : "{.status.addresses[0].value}";
        LabCluster.Output output = cluster.kubectl(
                run, List.of("get", named.group(1), named.group(2), "-o", "jsonpath=" + field), KUBECTL_LIMIT);
        String path = named.group(4) == null ? "/" : named.group(4);
        String address = output.stdout().strip();
        return output.ok() && !address.isEmpty() ? "http://" + address + ":" + named.group(3) + path : "";
    }
}
