package io.kvorum.cli.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Saves the store of a running cluster: one member streams its state at one revision, and the file appears whole or not at
 * all. A backup holds every secret of the cluster, so only its owner may read it.
 */
public final class StoreBackup {
    private static final String PARTIAL_PREFIX = ".kvorum-backup";
    private static final String PARTIAL_SUFFIX = ".partial";
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final StoreMembers members;

    public StoreBackup(StoreMembers members) {
        this.members = members;
    }

    /** What was saved. */
    public record Saved(Path file, String member, long revision, long keys, long bytes, String sha256) {}

    /**
     * Saves from the first member that can: one that does not lead first, since a leader has more to do.
     *
     * @param from the only member to ask; empty: any
     * @param stale whether to take what a member has when no leader can confirm that it is the newest
     * @param file where to, by revision; what is there is replaced
     * @throws IOException no member could; the message says why, by member
     */
    public Saved save(String from, boolean stale, Function<Long, Path> file) throws IOException {
        return save(from, ControlSocket.request("store.save").put("stale", stale), file);
    }

    /** As {@link #save(String, boolean, Function)}, of the state at a revision that is not yet compacted. */
    public Saved saveRevision(String from, long revision, Function<Long, Path> file) throws IOException {
        return save(from, ControlSocket.request("store.save").put("revision", revision), file);
    }

    /** As {@link #save(String, boolean, Function)}, of the state at a time that is not yet forgotten. */
    public Saved saveAt(String from, Instant at, Function<Long, Path> file) throws IOException {
        return save(from, ControlSocket.request("store.save").put("atMillis", at.toEpochMilli()), file);
    }

    private Saved save(String from, ObjectNode request, Function<Long, Path> file) throws IOException {
        List<String> refusals = new ArrayList<>();
        for (Instance member : candidates(from, refusals)) {
            try {
                return save(member, request, file);
            } catch (UnwritableException e) {
                throw e;
            } catch (IOException e) {
                refusals.add(message(member, e));
            }
        }
        throw new IOException(String.join("; ", refusals));
    }

    private static String message(Instance member, IOException e) {
        String text = e instanceof NoSuchFileException ? "does not run" : String.valueOf(e.getMessage());
        return text.startsWith(member.name()) ? text : member.name() + ": " + text;
    }

    private List<Instance> candidates(String from, List<String> refusals) throws IOException {
        Map<Instance, Boolean> leads = new LinkedHashMap<>();
        for (Instance member : members.instances()) {
            if (from.isEmpty() || from.equals(member.name())) {
                try {
                    leads.put(member, members.status(member).path("isLeader").asBoolean());
                } catch (IOException e) {
                    refusals.add(message(member, e));
                }
            }
        }
        if (leads.isEmpty() && refusals.isEmpty()) {
            throw new IOException("no store member is named \"" + from + "\"; there are "
                    + String.join(
                            ", ",
                            members.instances().stream().map(Instance::name).toList()));
        }
        return leads.keySet().stream().sorted(Comparator.comparing(leads::get)).toList();
    }

    /** The file cannot be written: no other member would help. */
    private static final class UnwritableException extends IOException {
        UnwritableException(Path file, IOException cause) {
            super("cannot write " + file + ": " + reason(cause), cause);
        }

        private static String reason(IOException cause) {
            return cause instanceof NoSuchFileException
                    ? "its folder does not exist"
                    : String.valueOf(cause.getMessage());
        }
    }

    private Saved save(Instance member, ObjectNode request, Function<Long, Path> file) throws IOException {
        Path partial = partial(file.apply(0L));
        try {
            ObjectNode answer;
            HashedTail hashed;
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE);
                    OutputStream out = Channels.newOutputStream(channel)) {
                hashed = new HashedTail(out);
                answer = ControlSocket.download(members.socket(member), request, SILENCE, hashed);
                channel.force(true);
            }
            String hash = hashed.verified();
            Path target = file.apply(answer.path("revision").asLong());
            replace(partial, target);
            return new Saved(
                    target,
                    answer.path("member").asText(),
                    answer.path("revision").asLong(),
                    answer.path("keys").asLong(),
                    hashed.count(),
                    hash);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Whether a file is a backup that is being written, or was when its writer was killed. */
    static boolean isPartial(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(PARTIAL_PREFIX) && name.endsWith(PARTIAL_SUFFIX);
    }

    private static Path partial(Path target) throws IOException {
        Path folder = folderOf(target);
        try {
            return Files.createTempFile(
                    folder,
                    PARTIAL_PREFIX,
                    PARTIAL_SUFFIX,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw new UnwritableException(target, e);
        }
    }

    private static void replace(Path partial, Path target) throws IOException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel folder = FileChannel.open(folderOf(target), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw new UnwritableException(target, e);
        }
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? Path.of("/") : parent;
    }
}
