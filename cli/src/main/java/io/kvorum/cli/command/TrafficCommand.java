package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.traffic.Chart;
import io.kvorum.traffic.JsonReport;
import io.kvorum.traffic.Load;
import io.kvorum.traffic.LoadPlan;
import io.kvorum.traffic.TextReport;
import io.kvorum.traffic.TrafficReport;
import io.kvorum.traffic.VersionRule;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvorum traffic}: a constant load that counts every request, and what it met, by second and version. */
@Command(
        name = "traffic",
        description = {
            "Send requests at a constant rate and report what became of each, by second and by version.",
            "A request's latency counts from when it was due, so that no stall is left out."
        })
public final class TrafficCommand implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Parameters(
            index = "0",
            paramLabel = "TARGET",
            description = "http://... or https://..., service/NAME or gateway/NAME, with a path behind it if wanted")
    String target = "";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            defaultValue = "default",
            description = "of the service or gateway (default: ${DEFAULT-VALUE})")
    String namespace = "default";

    @Option(names = "--port", paramLabel = "PORT", description = "of the service or gateway (default: its first)")
    @Nullable
    Integer port;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "200",
            description = "requests a second (default: ${DEFAULT-VALUE})")
    double rate = 200;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "30s",
            description = "how long (default: ${DEFAULT-VALUE}); 0s: until interrupted")
    String duration = "30s";

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "128",
            description = "most requests on their way at once; others wait, which counts (default: ${DEFAULT-VALUE})")
    int concurrency = 128;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "5s",
            description = "of one request (default: ${DEFAULT-VALUE})")
    String timeout = "5s";

    @Option(
            names = {"-X", "--method"},
            paramLabel = "METHOD",
            defaultValue = "GET",
            description = "default: ${DEFAULT-VALUE}")
    String method = "GET";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME: VALUE",
            description = "header to send; Host names the virtual host; may be given several times")
    List<String> headers = List.of();

    @Option(
            names = "--keep-alive",
            description = "use connections again (default: each request has one of its own, as from a new user)")
    boolean keepAlive;

    @Option(names = "--insecure", description = "https: accept any certificate")
    boolean insecure;

    @Option(
            names = "--version-header",
            paramLabel = "NAME",
            description =
                    "header of the answer that names the version (default: X-Version, Server-Version, X-App-Version)")
    List<String> versionHeaders = List.of();

    @Option(
            names = "--version-pattern",
            paramLabel = "REGEX",
            description = "read the version from the body instead: the first group, or the whole match")
    @Nullable
    String versionPattern;

    @Option(
            names = "--at",
            paramLabel = "TIME=COMMAND",
            description =
                    "run a shell command at this time, mark it in the report and measure the switch it makes; may be given several times")
    List<String> steps = List.of();

    @Option(names = "--out", paramLabel = "FILE", description = "write the report as a picture: FILE.html or FILE.svg")
    @Nullable
    Path file;

    @Option(names = "--fail-on-lost", description = "exit with 1 if a request was lost")
    boolean failOnLost;

    private final CountDownLatch printed = new CountDownLatch(1);

    private boolean stepFailed;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try {
            return measure();
        } finally {
            printed.countDown();
        }
    }

    private int measure() throws IOException, InterruptedException {
        boolean json = output.json();
        if (file != null && !file.toString().matches(".*\\.(html|svg)")) {
            throw new CommandFailure("--out " + file + ": the name must end with .html or .svg", 2);
        }
        List<TrafficSteps.Step> planned =
                steps.stream().map(TrafficSteps.Step::parse).toList();
        LoadPlan plan = plan();
        TrafficReport report = run(plan, planned, json);
        if (file != null) {
            Files.writeString(file, file.toString().endsWith(".svg") ? Chart.svg(report) : Chart.html(report));
            System.err.println("wrote " + file);
        }
        if (json) {
            OutputOption.print(JsonReport.of(report));
        } else {
            System.out.println(TextReport.summary(report));
        }
        return stepFailed || failOnLost && report.lost() > 0 ? 1 : 0;
    }

    private LoadPlan plan() throws IOException, InterruptedException {
        URI uri = TrafficTarget.resolve(cluster, target, namespace, port);
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon <= 0 || header.chars().anyMatch(c -> c == '\r' || c == '\n')) {
                throw new CommandFailure("--header \"" + header + "\" must be \"NAME: VALUE\"", 2);
            }
            fields.add(Map.entry(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip()));
        }
        try {
            return new LoadPlan(
                    uri,
                    method,
                    rate,
                    DurationArgument.parse("--for", duration),
                    concurrency,
                    DurationArgument.parse("--timeout", timeout),
                    fields,
                    keepAlive,
                    versions(),
                    tls());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), 2);
        }
    }

    private VersionRule versions() {
        try {
            List<String> names = versionHeaders.stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .toList();
            return new VersionRule(
                    names.isEmpty() ? VersionRule.DEFAULT.headers() : names,
                    versionPattern == null ? null : Pattern.compile(versionPattern));
        } catch (PatternSyntaxException e) {
            throw new CommandFailure("--version-pattern: " + e.getMessage(), 2);
        }
    }

    private @Nullable SSLSocketFactory tls() {
        if (!insecure) {
            return null;
        }
        try {
            return AnyCertificate.socketFactory();
        } catch (GeneralSecurityException e) {
            throw new CommandFailure("--insecure: " + e.getMessage(), 1);
        }
    }

    /** Runs the load to its end; an interrupt ends it early, and the report is still printed. */
    private TrafficReport run(LoadPlan plan, List<TrafficSteps.Step> planned, boolean quiet)
            throws InterruptedException {
        @Nullable
        TrafficTimeline timeline = cluster.running()
                ? new TrafficTimeline(cluster.folder().root().resolve("timeline"), target, Instant.now())
                : null;
        try (Load load = start(plan);
                TrafficSteps running = TrafficSteps.start(load, planned, timeline)) {
            Thread interrupted = new Thread(() -> {
                load.close();
                try {
                    printed.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Runtime.getRuntime().addShutdownHook(interrupted);
            new TrafficProgress(load, quiet ? System.err : System.out, timeline).follow();
            load.close();
            TrafficReport report = load.report();
            running.close();
            stepFailed = !running.failures().isEmpty();
            running.failures().forEach(failure -> System.err.println("kvorum: " + failure));
            try {
                Runtime.getRuntime().removeShutdownHook(interrupted);
            } catch (IllegalStateException e) {
                // Interrupted: the hook waits until the report is printed, which the JVM's end would otherwise cut off.
                System.err.println("interrupted");
            }
            return report;
        }
    }

    private static Load start(LoadPlan plan) {
        try {
            return Load.start(plan);
        } catch (UnknownHostException e) {
            throw new CommandFailure("no address for host \"" + plan.target().getHost() + "\"", 1);
        }
    }
}
