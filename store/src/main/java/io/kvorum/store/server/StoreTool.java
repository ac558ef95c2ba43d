package io.kvorum.store.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.component.UsageException;
import io.kvorum.store.backup.BackupException;
import io.kvorum.store.backup.BackupHeader;
import io.kvorum.store.backup.BackupReader;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.SnapshotBuilder;
import io.kvorum.store.raft.MemberData;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Works on a store that does not run. One command a process, its answer one line of JSON on standard output, what is
 * wrong one line on standard error:
 *
 * <pre>
 * check-backup FILE                  reads a backup and checks everything in it
 * restore FILE CLUSTER MEMBERS BUMP FOLDER...
 *                                    makes the data folders of all members, FOLDER i that of process i; BUMP is added to
 *                                    the revision, MEMBERS is the number of processes or their names
 * check-data MEMBERS FOLDER...       reads the data folders and compares the members
 * </pre>
 *
 * Exit codes: 0 done, 1 failed, 2 usage.
 */
public final class StoreTool {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream out;
    private final PrintStream err;

    StoreTool(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        System.exit(new StoreTool(System.out, System.err).run(List.of(arguments)));
    }

    int run(List<String> arguments) {
        String command = arguments.isEmpty() ? "" : arguments.get(0);
        try {
            if (command.equals("check-backup") && arguments.size() == 2) {
                print(describe(readBackup(arguments.get(1), new BackupReader.Sink() {})));
                return 0;
            } else if (command.equals("restore") && arguments.size() >= 6) {
                print(restore(
                        arguments.get(1),
                        arguments.get(2),
                        arguments.get(3),
                        Long.parseLong(arguments.get(4)),
                        arguments.subList(5, arguments.size())));
                return 0;
            } else if (command.equals("check-data") && arguments.size() >= 3) {
                return checkData(arguments.get(1), arguments.subList(2, arguments.size()));
            }
            err.println("usage: check-backup FILE | restore FILE CLUSTER MEMBERS BUMP FOLDER... | check-data MEMBERS"
                    + " FOLDER...");
            return 2;
        } catch (UsageException | NumberFormatException e) {
            err.println(e.getMessage());
            return 2;
        } catch (NoSuchFileException e) {
            err.println(e.getFile() + " does not exist");
            return 1;
        } catch (IOException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private void print(ObjectNode answer) {
        out.println(answer);
    }

    private static BackupReader.Result readBackup(String file, BackupReader.Sink sink) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return BackupReader.read(in, sink);
        } catch (BackupException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }

    private static ObjectNode describe(BackupReader.Result read) {
        BackupHeader header = read.header();
        return JSON.createObjectNode()
                .put("cluster", header.cluster())
                .put("clusterId", Long.toHexString(header.clusterId()))
                .put("member", header.member())
                .put("address", header.address())
                .put("revision", header.revision())
                .put("keys", header.keys())
                .put("leases", header.leases())
                .put("takenAtMillis", header.takenAtMillis())
                .put("contentHash", read.contentHash())
                .put("sha256", read.fileHash())
                .put("bytes", read.bytes());
    }

    private static ObjectNode restore(String file, String cluster, String members, long bump, List<String> folders)
            throws IOException {
        if (bump < 0) {
            throw new UsageException("the revision cannot be bumped by " + bump);
        }
        long clusterId = new SecureRandom().nextLong() | 1; // never 0, which is a cluster's first life
        StateSink sink = new StateSink(clusterId, bump);
        BackupReader.Result read = readBackup(file, sink);
        Snapshot state = sink.state();
        for (int i = 0; i < folders.size(); i++) {
            MemberNames names = MemberNames.of("store-" + i, members);
            Path folder = Path.of(folders.get(i));
            for (String member : names.here()) {
                Path own = names.here().size() > 1 ? folder.resolve(member) : folder;
                MemberData.create(own, cluster, member, names.all(), state);
            }
        }
        return describe(read)
                .put("restoredRevision", state.revision())
                .put("restoredClusterId", Long.toHexString(clusterId));
    }

    /** Builds the state as the backup is read. */
    private static final class StateSink implements BackupReader.Sink {
        private final long clusterId;
        private final long bump;
        private @Nullable SnapshotBuilder builder;

        StateSink(long clusterId, long bump) {
            this.clusterId = clusterId;
            this.bump = bump;
        }

        @Override
        public void header(BackupHeader header) {
            builder = new SnapshotBuilder(
                    MemberData.FIRST_INDEX, header.revision() + bump, header.nextLease(), clusterId);
        }

        @Override
        public void lease(long id, long seconds) {
            builder().lease(id, seconds);
        }

        @Override
        public void key(KeyValue kv) {
            builder().key(kv);
        }

        private SnapshotBuilder builder() {
            SnapshotBuilder begun = builder;
            if (begun == null) {
                throw new IllegalStateException("a backup begins with its header");
            }
            return begun;
        }

        Snapshot state() {
            return builder().build();
        }
    }

    private int checkData(String members, List<String> folders) throws IOException {
        MemberCheck check = new MemberCheck();
        for (int i = 0; i < folders.size(); i++) {
            MemberNames names = MemberNames.of("store-" + i, members);
            Path folder = Path.of(folders.get(i));
            for (String member : names.here()) {
                check.member(member, names.here().size() > 1 ? folder.resolve(member) : folder);
            }
        }
        Map<String, String> hashes = check.comparable();
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode list = answer.putArray("members");
        boolean well = true;
        for (MemberCheck.Finding finding : check.findings()) {
            ObjectNode member = list.addObject()
                    .put("name", finding.member())
                    .put("lastIndex", finding.lastIndex())
                    .put("revision", finding.revision())
                    .put("keys", finding.keys())
                    .put("bytes", finding.bytes());
            if (hashes.containsKey(finding.member())) {
                member.put("contentHash", hashes.get(finding.member()));
            }
            if (!finding.problem().isEmpty()) {
                well = false;
                member.put("problem", finding.problem());
            }
        }
        boolean equal = hashes.values().stream().distinct().count() <= 1;
        answer.put("compared", !hashes.isEmpty()).put("equal", equal).put("ok", well && equal);
        print(answer);
        return well && equal ? 0 : 1;
    }
}
