package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.store.StoreMembers;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.FaultSyntax;
import io.kvorum.torture.check.Checks;
import io.kvorum.torture.check.Report;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.HistoryReader;
import io.kvorum.torture.load.Endpoint;
import io.kvorum.torture.load.Profile;
import io.kvorum.torture.report.ReportPage;
import io.kvorum.torture.run.FaultInjector;
import io.kvorum.torture.run.FaultKind;
import io.kvorum.torture.run.Torture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvorum store torture}: starts a store of its own, works with it while it is being broken, checks all it saw. */
@Command(
        name = "torture",
        description = {
            "Start a store of its own, work with it in etcd's protocol while faults come by a seeded schedule, and check"
                    + " everything the clients saw against etcd's guarantees.",
            "Exit code 1: a guarantee was broken; the history is kept, and --check reads it again."
        })
final class StoreTortureCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long MOST_DRAWN_SEED = 1_000_000;
    private static final int CLIENT_PORT = 2379;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "10m",
            description = "how long faults come (default: ${DEFAULT-VALUE}); 15 s without faults follow")
    String lasting = "10m";

    @Option(names = "--seed", paramLabel = "N", description = "what calls and faults follow from (default: a new one)")
    @Nullable
    Long seed;

    @Option(names = "--stores", paramLabel = "N", defaultValue = "3", description = "members: 3 or 5 (default: 3)")
    int stores = 3;

    @Option(
            names = "--profiles",
            paramLabel = "NAME",
            split = ",",
            description = "what clients do: ${COMPLETION-CANDIDATES} (default: all)")
    List<Profile> profiles = List.of(Profile.values());

    @Option(
            names = "--faults",
            paramLabel = "KIND",
            split = ",",
            description = "what happens: ${COMPLETION-CANDIDATES} (default: all)")
    List<FaultKind> faults = List.of(FaultKind.values());

    @Option(names = "--no-faults", description = "only work and check")
    boolean noFaults;

    @Option(names = "--clients", paramLabel = "N", defaultValue = "12", description = "(default: ${DEFAULT-VALUE})")
    int clients = 12;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "30",
            description = "calls a second of each client, at most (default: ${DEFAULT-VALUE})")
    double rate = 30;

    @Option(names = "--store-arg", paramLabel = "KEY=VALUE", description = "extra flag of every store member")
    List<String> storeArguments = List.of();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "where history and report go (default: torture-SEED in the current folder)")
    @Nullable
    Path directory;

    @Option(names = "--check", paramLabel = "FILE", description = "only check the history of an earlier run")
    @Nullable
    Path check;

    @Mixin
    OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean json = output.json();
        if (check != null) {
            if (!Files.isReadable(check)) {
                throw new CommandFailure(check + " cannot be read", 2);
            }
            History history = HistoryReader.read(check);
            return tell("Torture", history, Checks.run(history, Torture.bounds()), check, json);
        }
        Duration duration = DurationArgument.parse("--for", lasting);
        if (stores != 3 && stores != 5) {
            throw new CommandFailure("--stores " + stores + ": choose 3 or 5", 2);
        }
        if (clients < 1 || clients > 200 || !(rate > 0)) {
            throw new CommandFailure("--clients must be from 1 to 200, and --rate above 0", 2);
        }
        long number = seed != null ? seed : new SecureRandom().nextLong(MOST_DRAWN_SEED);
        Path folder = directory == null ? Path.of("torture-" + number) : directory;
        Files.createDirectories(folder);
        Path file = folder.resolve("history.jsonl");
        if (Files.exists(file)) {
            throw new CommandFailure(file + " exists; choose another --dir", 2);
        }
        System.err.println("seed " + number + ", recording to " + file);
        return torture(number, duration, file, json);
    }

    private int torture(long number, Duration duration, Path file, boolean json)
            throws IOException, InterruptedException {
        ClusterOption cluster = new ClusterOption();
        cluster.name = "torture-" + ProcessHandle.current().pid();
        Thread interrupted = new Thread(() -> takeDown(cluster), "torture-interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            up(cluster);
            Torture.Settings settings = new Torture.Settings(
                    endpoints(cluster), number, duration, profiles, noFaults ? List.of() : faults, clients, rate, file);
            long began = System.nanoTime();
            Torture.Result result = new Torture(
                            settings,
                            new LauncherFaults(cluster.folder()),
                            line -> System.err.printf(
                                    Locale.ROOT, "  %6.1f s  %s%n", (System.nanoTime() - began) / 1e9, line))
                    .run();
            return tell(
                    "Torture of " + stores + " members for " + lasting + ", seed " + number,
                    result.history(),
                    result.report(),
                    file,
                    json);
        } finally {
            Runtime.getRuntime().removeShutdownHook(interrupted);
            takeDown(cluster);
        }
    }

    private void up(ClusterOption cluster) {
        List<String> words = new ArrayList<>(List.of(
                "--name",
                cluster.name,
                "--stores",
                Integer.toString(stores),
                "--nodes",
                "0",
                "--without",
                "apiserver,scheduler,controller-manager",
                "--store-arg",
                "listen-client=" + CLIENT_PORT,
                "--store-arg",
                "corrupt-check-time=20s"));
        storeArguments.forEach(argument -> words.addAll(List.of("--store-arg", argument)));
        int exit = new CommandLine(new UpCommand())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    throw e;
                })
                .execute(words.toArray(String[]::new));
        if (exit != 0) {
            throw new CommandFailure("the store to torture could not be started", exit);
        }
    }

    private static List<Endpoint> endpoints(ClusterOption cluster) throws IOException {
        StoreMembers members = StoreMembers.of(cluster.runningSpec(), cluster.folder());
        List<Endpoint> endpoints = new ArrayList<>();
        for (Instance member : members.instances()) {
            endpoints.add(new Endpoint(member.name(), member.address() + ":" + CLIENT_PORT));
        }
        return endpoints;
    }

    private static void takeDown(ClusterOption cluster) {
        DownCommand down = new DownCommand();
        down.cluster = cluster;
        down.purge = true;
        try {
            int unused = down.call();
        } catch (IOException e) {
            System.err.println("cluster \"" + cluster.name + "\" could not be taken down: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int tell(String title, History seen, Report report, Path history, boolean json) throws IOException {
        Path page = history.resolveSibling("report.html");
        ReportPage.write(page, title, seen, report);
        TortureSummary summary = new TortureSummary(seen, report);
        if (json) {
            OutputOption.print(summary.json());
        } else {
            summary.print(System.out);
        }
        System.err.println("the report is in " + page);
        if (report.unseen() > 0) {
            System.err.println("nobody saw what was written in " + report.unseen()
                    + " revisions, so the check says less than it could");
        }
        if (report.clean()) {
            return 0;
        }
        System.err.println(
                "the history is in " + history + "; kvorum store torture --check " + history + " checks it again");
        return 1;
    }

    /** Faults through the launcher of the cluster. */
    private record LauncherFaults(ClusterFolder folder) implements FaultInjector {
        @Override
        public void inject(String fault, Duration lasting) throws IOException {
            ObjectNode request = ControlSocket.request("fault.add").put("forMillis", lasting.toMillis());
            ArrayNode words = request.putArray("words");
            FaultSyntax.parse(fault).words().forEach(words::add);
            ControlSocket.call(folder.socket("launcher"), request, TIMEOUT);
        }

        @Override
        public void heal() throws IOException {
            ControlSocket.call(folder.socket("launcher"), ControlSocket.request("fault.heal"), TIMEOUT);
        }
    }
}
