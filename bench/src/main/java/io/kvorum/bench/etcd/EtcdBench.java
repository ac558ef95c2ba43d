package io.kvorum.bench.etcd;

import io.kvorum.bench.etcd.BenchPlan.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run etcd}: Kvorum's store and etcd, measured in turns. */
@Command(
        name = "bench/run etcd",
        description = {
            "Measure Kvorum's store and etcd side by side, with the same client, in turns.",
            "etcd must be installed; on Debian: apt-get install etcd-server"
        },
        sortOptions = false)
public final class EtcdBench implements Callable<Integer> {
    @Option(
            names = "--quick",
            description = "short windows, one round, few sizes: to see that it works, not for numbers")
    boolean quick;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "puts, gets, watch, failover, restart (default: all)")
    List<String> only = List.of();

    @Option(names = "--members", split = ",", paramLabel = "N", description = "processes of each store (default: 1,3)")
    @Nullable
    List<Integer> members;

    @Option(names = "--values", split = ",", paramLabel = "BYTES", description = "sizes of values (default: 256,1024)")
    @Nullable
    List<Integer> values;

    @Option(
            names = "--clients",
            split = ",",
            paramLabel = "N",
            description = "requests under way at a time (default: 1,16,64,256)")
    @Nullable
    List<Integer> clients;

    @Option(names = "--rounds", paramLabel = "N", description = "how often all is measured (default: 3)")
    @Nullable
    Integer rounds;

    @Option(names = "--window", paramLabel = "SECONDS", description = "how long each measurement takes (default: 4)")
    @Nullable
    Double window;

    @Option(
            names = "--run-in",
            paramLabel = "SECONDS",
            description = "load of each kind before anything is measured (default: 20)")
    @Nullable
    Double runIn;

    @Option(names = "--watchers", paramLabel = "N", description = "watchers of one prefix (default: 1000)")
    @Nullable
    Integer watchers;

    @Option(names = "--log-mib", paramLabel = "MIB", description = "what is written before the restart (default: 1024)")
    @Nullable
    Integer logMebibytes;

    @Option(names = "--etcd", paramLabel = "PROGRAM", description = "default: etcd on the PATH")
    @Nullable
    Path etcd;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "where the data goes, below a new folder that is deleted at the end (default: bench/target)")
    Path dir = Path.of(System.getProperty("bench.dir", "."));

    @Option(names = "--markdown", description = "print the tables in Markdown")
    boolean markdown;

    @Option(names = "-o", paramLabel = "FORMAT", description = "json: print every sample")
    @Nullable
    String output;

    @Option(names = "--help", usageHelp = true, description = "show this")
    boolean help;

    public static void main(String[] args) {
        System.exit(Failures.told(new CommandLine(new EtcdBench())).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (output != null && !output.equals("json")) {
            throw new CommandLine.ParameterException(new CommandLine(this), "-o " + output + ": only json is known");
        }
        BenchPlan plan = plan();
        Path program = EtcdProgram.find(etcd);
        Files.createDirectories(dir);
        Map<String, String> machine = Machine.describe(dir, program);
        machine.forEach((name, value) -> System.err.println(name + ": " + value));
        Machine.requireDisk(dir);
        Results results = new Results();
        Path folder = Files.createTempDirectory(dir, "etcd");
        try (Reaper reaper = new Reaper(folder)) {
            new SideBySide(plan, program, folder, results, reaper).run();
        }
        Report report = new Report(results.comparisons());
        System.out.print(output != null ? report.json(machine).toPrettyString() + "\n" : report.tables(markdown));
        return 0;
    }

    private BenchPlan plan() {
        BenchPlan base = quick ? BenchPlan.QUICK : BenchPlan.FULL;
        List<Part> parts = new ArrayList<>();
        for (String word : only) {
            parts.add(Part.of(word)
                    .orElseThrow(() -> new CommandLine.ParameterException(
                            new CommandLine(this), "--only " + word + ": not one of " + Part.names())));
        }
        return new BenchPlan(
                parts.isEmpty() ? base.parts() : parts,
                members == null ? base.members() : members,
                values == null ? base.values() : values,
                clients == null ? base.clients() : clients,
                rounds == null ? base.rounds() : rounds,
                window == null ? base.window() : Duration.ofMillis((long) (window * 1000)),
                base.warmUp(),
                runIn == null ? base.runIn() : Duration.ofMillis((long) (runIn * 1000)),
                base.keys(),
                watchers == null ? base.watchers() : watchers,
                base.burst(),
                logMebibytes == null ? base.logBytes() : (long) logMebibytes << 20);
    }
}
