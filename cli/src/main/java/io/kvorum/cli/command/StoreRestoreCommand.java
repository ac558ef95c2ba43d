package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.launcher.OfflineStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code kvorum store restore FILE}: gives all members of a cluster that is down, or is not there yet, the state of a
 * backup. New folders are made beside the old ones and then put in their place, so that a bad file changes nothing.
 */
@Command(
        name = "restore",
        description = "Give the store of a cluster the content of a backup; the cluster is down then, or new.")
final class StoreRestoreCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern LOOPBACK = Pattern.compile("127\\.(\\d{1,3})\\.0\\.\\d{1,3}");

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Parameters(paramLabel = "FILE", description = "the backup")
    Path file = Path.of("");

    @Option(names = "--yes", description = "take the cluster down if it is up, and replace the data it has")
    boolean yes;

    @Option(
            names = "--stores",
            paramLabel = "N",
            description = "store members of a new cluster: 1, 3 or 5 (default: 3)")
    @Nullable
    Integer stores;

    @Option(
            names = "--bump-revision",
            paramLabel = "N",
            defaultValue = "1000000000",
            description = "how far the revision is moved on, beyond all that was ever written after the backup, so that"
                    + " every client lists again (default: ${DEFAULT-VALUE})")
    long bump;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OfflineStore tool = OfflineStore.here(Path.of(System.getProperty("kvorum.lib")));
        ObjectNode backup = tool.checkBackup(file);
        ClusterFolder folder = cluster.folder();
        boolean known = Files.exists(folder.spec());
        ClusterSpec spec = known ? ClusterSpec.read(folder.spec()) : newCluster(backup, folder);
        if (known && stores != null && stores != spec.count(Role.STORE)) {
            throw new CommandFailure(
                    "cluster \"" + cluster.name + "\" has " + spec.count(Role.STORE)
                            + " stores; --stores is for a new cluster",
                    2);
        }
        if (bump < 0) {
            throw new CommandFailure("--bump-revision " + bump + " must not be negative", 2);
        }
        refuseOrTakeDown(folder, spec);
        Preflight.folder(folder);
        ObjectNode restored = replaceData(tool, folder, spec);
        if (!known) {
            spec.write(folder.spec());
        }
        System.out.println("restored revision " + backup.path("revision").asText() + " ("
                + backup.path("keys").asText()
                + " keys) of cluster \"" + backup.path("cluster").asText() + "\" into \"" + cluster.name
                + "\"; its revision is " + restored.path("restoredRevision").asText() + " now");
        if (!known && !backup.path("cluster").asText().equals(cluster.name)) {
            System.out.println("services keep their addresses, so \"" + cluster.name + "\" has the range 127."
                    + spec.index() + ".0.0/16 of the cluster that was saved: only one of both can be up");
        }
        System.out.println("start it with: kvorum up" + cluster.nameFlag());
        return 0;
    }

    /** With the addresses of the cluster that was saved: the services in it have theirs from that range. */
    private ClusterSpec newCluster(ObjectNode backup, ClusterFolder folder) throws IOException {
        Matcher address = LOOPBACK.matcher(backup.path("address").asText());
        int index = address.matches() ? Integer.parseInt(address.group(1)) : Preflight.freeIndex(folder);
        ClusterSpec spec = ClusterSpec.defaults(cluster.name, index);
        spec = stores == null ? spec : spec.withCount(Role.STORE, stores);
        Preflight.specification(spec);
        return spec;
    }

    private void refuseOrTakeDown(ClusterFolder folder, ClusterSpec spec) throws IOException, InterruptedException {
        boolean up = cluster.running();
        if (up && !yes) {
            throw new CommandFailure(
                    "cluster \"" + cluster.name + "\" is up; kvorum down" + cluster.nameFlag()
                            + " first, or --yes to take it down and replace its data",
                    1);
        }
        if (!yes && hasData(folder, spec)) {
            throw new CommandFailure(
                    "cluster \"" + cluster.name + "\" has data; --yes replaces it (and keeps it aside)", 1);
        }
        if (up) {
            DownCommand.stop(cluster);
        }
    }

    private static boolean hasData(ClusterFolder folder, ClusterSpec spec) throws IOException {
        for (Instance member : members(spec)) {
            if (holdsSomething(folder.data(member.name()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsSomething(Path data) throws IOException {
        if (!Files.isDirectory(data)) {
            return false;
        }
        try (Stream<Path> files = Files.list(data)) {
            return files.findAny().isPresent();
        }
    }

    private static List<Instance> members(ClusterSpec spec) {
        return Instance.of(spec).stream()
                .filter(instance -> instance.role() == Role.STORE)
                .toList();
    }

    private ObjectNode replaceData(OfflineStore tool, ClusterFolder folder, ClusterSpec spec)
            throws IOException, InterruptedException {
        String time = TIME.format(Instant.now());
        Path fresh = folder.data("restoring-" + time);
        Path aside = folder.data("before-restore-" + time);
        List<Path> made = new ArrayList<>();
        for (Instance member : members(spec)) {
            made.add(fresh.resolve(member.name()));
        }
        ObjectNode restored;
        try {
            restored = tool.restore(file, spec.name(), spec.count(Role.STORE), bump, made);
        } catch (CommandFailure failure) {
            if (Files.exists(fresh)) {
                DownCommand.deleteAll(fresh);
            }
            throw failure;
        }
        boolean kept = false;
        for (Instance member : members(spec)) {
            Path data = folder.data(member.name());
            if (holdsSomething(data)) {
                Files.createDirectories(aside);
                Files.move(data, aside.resolve(member.name()), StandardCopyOption.ATOMIC_MOVE);
                kept = true;
            } else {
                Files.deleteIfExists(data);
            }
            Files.move(fresh.resolve(member.name()), data, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.deleteIfExists(fresh);
        if (kept) {
            System.out.println("the data of before is kept in " + aside);
        }
        return restored;
    }
}
