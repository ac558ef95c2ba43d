package io.kvorum.store.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.store.backup.BackupWriter;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.Txn;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.raft.LocalTransport;
import io.kvorum.store.raft.MemberThread;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.raft.ReplicaSettings;
import io.kvorum.store.raft.SilentListener;
import io.kvorum.store.wal.Disk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The offline tool on real folders, and real members that start from what it made. */
final class StoreToolTest {
    private static final List<String> MEMBERS = List.of("store-0", "store-1", "store-2");

    @TempDir
    Path folder;

    private final LocalTransport network = new LocalTransport();
    private final Map<String, Replica> replicas = new LinkedHashMap<>();
    private String out = "";
    private String err = "";

    @AfterEach
    void closeAll() throws IOException {
        for (Replica replica : replicas.values()) {
            replica.close();
        }
        replicas.clear();
    }

    private int tool(String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = new StoreTool(
                        new PrintStream(output, true, StandardCharsets.UTF_8),
                        new PrintStream(errors, true, StandardCharsets.UTF_8))
                .run(List.of(arguments));
        out = output.toString(StandardCharsets.UTF_8);
        err = errors.toString(StandardCharsets.UTF_8).strip();
        return code;
    }

    private JsonNode answer() throws IOException {
        return new ObjectMapper().readTree(out);
    }

    private String[] command(String... words) {
        return Stream.concat(Stream.of(words), MEMBERS.stream().map(this::data)).toArray(String[]::new);
    }

    private String data(String member) {
        return folder.resolve(member).toString();
    }

    private static Command.Commit put(String key, String value) {
        return new Command.Commit(Txn.of(new Op.Put(ByteSequence.utf8(key), ByteSequence.utf8(value), 0, false)));
    }

    private Path backup() throws IOException {
        KeySpace keySpace = new KeySpace();
        for (int i = 1; i <= 50; i++) {
            keySpace.apply(i, new Proposal(null, put("/key/" + i % 20, "value " + i)));
        }
        Snapshot snapshot = keySpace.snapshot();
        Path file = folder.resolve("backup.kvb");
        try (OutputStream stream = Files.newOutputStream(file)) {
            BackupWriter.write(snapshot, BackupWriter.header(snapshot, "kvorum", "store-0", "127.1.0.10", 1), stream);
        }
        return file;
    }

    private Replica start(String name) throws IOException {
        Replica replica = new Replica(
                new ReplicaSettings("other", name, MEMBERS, Duration.ofMillis(300), Duration.ofMillis(100), 5),
                folder.resolve(name),
                Disk.real(),
                new MemberThread(name),
                network.of(name),
                nanos -> {},
                new SilentListener());
        replicas.put(name, replica);
        replica.start();
        return replica;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time to see: " + what).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void write(String key) throws Exception {
        await("a leader", () -> replicas.values().stream().anyMatch(Replica::isLeader));
        Replica leader =
                replicas.values().stream().filter(Replica::isLeader).findFirst().orElseThrow();
        assertThat(leader.propose(ProposalCodec.encode(new Proposal(null, put(key, "new"))))
                        .get(10, TimeUnit.SECONDS))
                .isInstanceOf(Outcome.Committed.class);
    }

    private static int keys(Snapshot snapshot) {
        return ((Outcome.Ranged) snapshot.range(RangeRequest.of(KeyRange.all())))
                .result()
                .entries()
                .size();
    }

    /** The group elects a leader, goes on writing after the bumped revision, and fills a member that lost its disk. */
    @Test
    void aRestoredGroupWorksAndFillsAMemberThatLostItsDisk() throws Exception {
        assertThat(tool(command("restore", backup().toString(), "other", "3", "1000")))
                .as(err)
                .isZero();
        long restored = answer().path("restoredRevision").asLong();
        assertThat(restored).isEqualTo(51 + 1000);
        for (String member : MEMBERS) {
            start(member);
        }
        write("/key/new");
        assertThat(replicas.values()).anySatisfy(replica -> {
            assertThat(replica.newest().revision()).isEqualTo(restored + 1);
            assertThat(keys(replica.newest())).isEqualTo(21);
        });
        Objects.requireNonNull(replicas.remove("store-2")).close();
        try (var files = Files.list(folder.resolve("store-2"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Replica filled = start("store-2");
        await("store-2 to be filled", () -> filled.newest().revision() == restored + 1);
        assertThat(filled.newest().clusterId())
                .isEqualTo(Long.parseUnsignedLong(
                        answer().path("restoredClusterId").asText(), 16));
        closeAll();
        assertThat(tool(command("check-data", "3"))).as(out + err).isZero();
        assertThat(answer().path("compared").asBoolean()).isTrue();
    }

    @Test
    void damageInAMembersFolderIsFoundAndNamed() throws Exception {
        assertThat(tool(command("restore", backup().toString(), "other", "3", "0")))
                .as(err)
                .isZero();
        assertThat(tool(command("check-data", "3"))).as(out).isZero();
        assertThat(answer().findValuesAsText("contentHash"))
                .hasSize(3)
                .containsOnly(answer().findValuesAsText("contentHash").get(0));
        Path snapshot = folder.resolve("store-1").resolve("snapshot");
        byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 1;
        Files.write(snapshot, bytes);
        assertThat(tool(command("check-data", "3"))).isEqualTo(1);
        assertThat(answer().path("members").path(1).path("problem").asText()).contains("store-1/snapshot is damaged");
        assertThat(answer().path("members").path(0).has("problem")).isFalse();
    }

    @Test
    void aBadFileChangesNothingAndIsNamed() throws Exception {
        Path file = backup();
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 10));
        assertThat(tool("check-backup", file.toString())).isEqualTo(1);
        assertThat(err).startsWith(file + " is cut off after").doesNotContain("\n");
        assertThat(tool(command("restore", file.toString(), "other", "3", "0"))).isEqualTo(1);
        assertThat(folder.resolve("store-0")).doesNotExist();
        assertThat(tool("check-backup", folder.resolve("none").toString())).isEqualTo(1);
        assertThat(err).isEqualTo(folder.resolve("none") + " does not exist");
        assertThat(tool("check-backup")).isEqualTo(2);
    }

    @Test
    void dataThatIsThereIsNotWrittenOver() throws Exception {
        Path file = backup();
        assertThat(tool(command("restore", file.toString(), "other", "3", "0")))
                .as(err)
                .isZero();
        assertThat(tool(command("restore", file.toString(), "other", "3", "0"))).isEqualTo(1);
        assertThat(err).contains("is not empty");
    }

    /** One process that holds three members: each has a folder in the process's own. */
    @Test
    void aStoreInOneProcessIsRestoredToo() throws Exception {
        assertThat(tool("restore", backup().toString(), "other", "1", "0", data("store-0")))
                .as(err)
                .isZero();
        assertThat(folder.resolve("store-0/store-0.2/snapshot")).exists();
        assertThat(tool("check-data", "1", data("store-0"))).as(out).isZero();
        assertThat(answer().path("members")).hasSize(3);
    }
}
