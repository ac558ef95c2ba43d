package io.kvorum.bench.etcd;

import io.etcd.jetcd.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run store-large}: the worst latency of a large store under constant load, while it is kept up. */
@Command(
        name = "bench/run store-large",
        description = {
            "Fill a store with many keys, load it at a constant rate while history is compacted, snapshots are taken and"
                    + " members are defragmented, and tell the worst latency."
        },
        sortOptions = false)
public final class LargeStoreBench implements Callable<Integer> {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration FILL_LIMIT = Duration.ofMinutes(40);
    private static final String NETWORK = "127.252.1";

    @Option(names = "--keys", paramLabel = "N", description = "how many (default: ${DEFAULT-VALUE})")
    int keys = 1_000_000;

    @Option(names = "--value", paramLabel = "BYTES", description = "of each (default: ${DEFAULT-VALUE}, in all 1 GiB)")
    int valueBytes = 1074;

    @Option(names = "--heap", paramLabel = "SIZE", description = "of each member of Kvorum (default: ${DEFAULT-VALUE})")
    String heap = "2g";

    @Option(
            names = "--collector",
            paramLabel = "WHICH",
            description = "of each member of Kvorum: serial or g1 (default: what a member of this heap has)")
    @Nullable
    String collector;

    @Option(names = "--rate", paramLabel = "N", description = "requests a second (default: ${DEFAULT-VALUE})")
    int rate = 600;

    @Option(names = "--seconds", paramLabel = "N", description = "of load (default: ${DEFAULT-VALUE})")
    int seconds = 180;

    @Option(
            names = "--upkeep-every",
            paramLabel = "SECONDS",
            description = "pause between rounds of compaction and defragmentation (default: ${DEFAULT-VALUE})")
    int upkeepSeconds = 15;

    @Option(names = "--members", paramLabel = "N", description = "processes (default: ${DEFAULT-VALUE})")
    int members = 3;

    @Option(names = "--store", paramLabel = "WHICH", description = "kvorum or etcd (default: ${DEFAULT-VALUE})")
    String store = "kvorum";

    @Option(names = "--etcd", paramLabel = "PROGRAM", description = "for --store etcd; default: etcd on the PATH")
    @Nullable
    Path etcd;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "where the data goes, below a new folder that is deleted at the end (default: bench/target)")
    Path dir = Path.of(System.getProperty("bench.dir", "."));

    @Option(names = "--markdown", description = "print the table in Markdown")
    boolean markdown;

    @Option(names = "-o", paramLabel = "FORMAT", description = "json")
    @Nullable
    String output;

    @Option(names = "--help", usageHelp = true, description = "show this")
    boolean help;

    public static void main(String[] args) {
        System.exit(Failures.told(new CommandLine(new LargeStoreBench())).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (output != null && !output.equals("json")) {
            throw new CommandLine.ParameterException(new CommandLine(this), "-o " + output + ": only json is known");
        }
        if (!store.equals("kvorum") && !store.equals("etcd")) {
            throw new CommandLine.ParameterException(new CommandLine(this), "--store " + store + ": kvorum or etcd");
        }
        Files.createDirectories(dir);
        Machine.requireDisk(dir);
        Path folder = Files.createTempDirectory(dir, "large");
        LargeReport report;
        try (Reaper reaper = new Reaper(folder)) {
            Contender contender = reaper.add(contender(folder));
            contender.start();
            report = measure(contender);
        }
        System.out.print(output != null ? report.json().toPrettyString() + "\n" : report.text(markdown));
        return 0;
    }

    private Contender contender(Path folder) throws IOException {
        if (store.equals("etcd")) {
            return EtcdCluster.of(EtcdProgram.find(etcd), folder, NETWORK, members, false);
        }
        List<String> arguments = new ArrayList<>(List.of("--store-arg=compiler=full", "--store-arg=heap=" + heap));
        if (collector != null) {
            arguments.add("--store-arg=collector=" + collector);
        }
        return new KvorumStore(folder, members, arguments);
    }

    private LargeReport measure(Contender contender) throws IOException, InterruptedException {
        Readiness.awaitAll(contender.endpoints(), START_LIMIT);
        KeySet all = new KeySet("large/", keys, valueBytes);
        try (Client client = Connections.open(contender.endpoints())) {
            Progress.say("writing " + keys + " keys of " + valueBytes + " B");
            Filling.run(client.getKVClient(), all, keys, FILL_LIMIT);
            Pair.compact(client);
            Progress.say(rate + " requests a second for " + seconds + " s");
            ConstantRate load = new ConstantRate(client.getKVClient(), all);
            List<Upkeep.Step> steps;
            double ownPause;
            try (OwnPauses pauses = new OwnPauses();
                    Upkeep upkeep = new Upkeep(contender.endpoints(), Duration.ofSeconds(upkeepSeconds))) {
                load.run(rate, Duration.ofSeconds(seconds));
                steps = upkeep.steps();
                ownPause = pauses.longestMillis();
            }
            return new LargeReport(
                    contender.maker(), load, steps, ownPause, contender.memoryBytes(), contender.diskBytes());
        }
    }
}
