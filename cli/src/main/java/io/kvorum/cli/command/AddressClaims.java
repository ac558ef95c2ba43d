package io.kvorum.cli.command;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * Which cluster has which address range, for all clusters of this user on this machine, whatever their {@code KVORUM_HOME}:
 * a file per range in a folder of the temporary folder, with the cluster's folder as its content. Two clusters that are
 * started at the same moment so get ranges of their own, and a cluster that is down keeps its range. A claim ends with the
 * cluster's {@code cluster.json}.
 */
final class AddressClaims {
    /** How long a claim holds without a {@code cluster.json}: the time between claiming and writing it, generously. */
    private static final Duration UNWRITTEN = Duration.ofMinutes(2);

    private static final int RANGES = 250;

    private final Path folder;

    AddressClaims(Path folder) {
        this.folder = folder;
    }

    static AddressClaims ofThisUser() {
        return new AddressClaims(
                Path.of(System.getProperty("java.io.tmpdir"), "kvorum-addresses-" + System.getProperty("user.name")));
    }

    /**
     * Claims the lowest range that is free and that {@code usable} accepts.
     *
     * @return its index, empty if there is none
     */
    OptionalInt claim(ClusterFolder cluster, IntPredicate usable) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            for (int index = 1; index <= RANGES; index++) {
                if (!held(index, cluster) && usable.test(index)) {
                    Files.writeString(file(index), cluster.root().toString());
                    return OptionalInt.of(index);
                }
            }
        }
        return OptionalInt.empty();
    }

    private boolean held(int index, ClusterFolder asking) throws IOException {
        Path file = file(index);
        if (!Files.exists(file)) {
            return false;
        }
        ClusterFolder holder = new ClusterFolder(Path.of(Files.readString(file).strip()));
        if (holder.root().equals(asking.root())) {
            return false;
        }
        if (Files.exists(holder.spec())) {
            return ClusterSpec.readIndex(holder.spec()) == index;
        }
        return Files.getLastModifiedTime(file).toInstant().plus(UNWRITTEN).isAfter(Instant.now());
    }

    private Path file(int index) {
        return folder.resolve(Integer.toString(index));
    }
}
