package io.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.Txn;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.SnapshotHash;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.wal.FaultyDisk;
import io.kvorum.store.wal.FaultyDisk.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three members in one process over a transport whose pairs can be cut; real disks, real time-outs. */
final class ReplicaGroupTest {
    private static final List<String> MEMBERS = List.of("store-0", "store-1", "store-2");
    private static final List<String> KNOWN = List.of("store-0", "store-1", "store-2", "store-3", "store-4");

    @TempDir
    Path folder;

    private final LocalTransport network = new LocalTransport();
    private final Map<String, Replica> replicas = new HashMap<>();
    private final Map<String, Disk> disks = new HashMap<>();
    private final List<String> checks = new CopyOnWriteArrayList<>();

    /** Heartbeats after which a leader counts as lost. */
    private int mostMissed = 5;

    @AfterEach
    void closeAll() throws IOException {
        for (Replica replica : replicas.values()) {
            replica.close();
        }
    }

    private Replica start(String name) throws IOException {
        return start(name, MEMBERS);
    }

    private Replica start(String name, List<String> members) throws IOException {
        Replica replica = new Replica(
                new ReplicaSettings(
                        "test", name, members, KNOWN, Duration.ofMillis(300), Duration.ofMillis(100), mostMissed),
                folder.resolve(name),
                disks.getOrDefault(name, Disk.real()),
                new MemberThread(name),
                network.of(name),
                nanos -> {},
                new Listening());
        replicas.put(name, replica);
        replica.start();
        return replica;
    }

    private void startAll() throws IOException {
        for (String name : MEMBERS) {
            start(name);
        }
    }

    private Replica replica(String name) {
        Replica replica = replicas.get(name);
        if (replica == null) {
            throw new AssertionError(name + " is not running");
        }
        return replica;
    }

    private void stop(String name) throws IOException {
        replica(name).close();
        replicas.remove(name);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time to see: " + what).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private Replica leader(String... among) {
        List<String> names = List.of(among);
        await(
                "a leader among " + names,
                () -> names.stream().map(this::replica).anyMatch(replica -> replica.isLeader() && isSettled(replica)));
        return names.stream()
                .map(this::replica)
                .filter(Replica::isLeader)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isSettled(Replica replica) {
        try {
            return replica.current().get(1, TimeUnit.SECONDS).revision() > 0;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<Outcome> put(Replica leader, String key, String value) {
        return leader.propose(ProposalCodec.encode(new Proposal(
                null,
                new Command.Commit(Txn.of(new Op.Put(ByteSequence.utf8(key), ByteSequence.utf8(value), 0, false))))));
    }

    /** Large values may keep a busy machine from its heartbeats; then the lead changes hands, and the write is repeated. */
    private void putSurely(String key, String value) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                put(leader(replicas.keySet().toArray(String[]::new)), key, value)
                        .get(10, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(ReplicaException.class);
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        }
    }

    private static @Nullable String get(Replica replica, String key) {
        Outcome outcome = replica.newest().range(RangeRequest.of(KeyRange.single(ByteSequence.utf8(key))));
        var entries = ((Outcome.Ranged) outcome).result().entries();
        return entries.isEmpty() ? null : entries.get(0).value().toString();
    }

    @Test
    void anAcknowledgedWriteIsOnAllMembersAndReadsAreLinearizable() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        for (int i = 0; i < 200; i++) {
            put(leader, "k" + i, "v" + i).get(5, TimeUnit.SECONDS);
            assertThat(leader.current().get(5, TimeUnit.SECONDS).revision()).isEqualTo(i + 2);
        }
        for (Replica replica : replicas.values()) {
            Snapshot snapshot = AppliedRevision.await(replica, 201);
            assertThat(snapshot.revision()).isEqualTo(201);
            assertThat(get(replica, "k199")).isEqualTo("v199");
        }
        assertThat(replicas.values().stream()
                        .map(replica -> SnapshotHash.of(replica.newest()))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aRestartOfAllLosesNothing() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        for (int i = 0; i < 50; i++) {
            put(leader, "k" + i, "v" + i).get(5, TimeUnit.SECONDS);
        }
        for (String name : MEMBERS) {
            stop(name);
        }
        startAll();
        Replica next = leader("store-0", "store-1", "store-2");
        assertThat(next.current().get(5, TimeUnit.SECONDS).revision()).isEqualTo(51);
        assertThat(get(next, "k49")).isEqualTo("v49");
    }

    @Test
    void theSideWithoutAMajorityAcknowledgesNothingAndCatchesUpAfterwards() throws Exception {
        startAll();
        Replica old = leader("store-0", "store-1", "store-2");
        put(old, "a", "1").get(5, TimeUnit.SECONDS);
        String cutOff = old.name();
        String[] rest = MEMBERS.stream().filter(name -> !name.equals(cutOff)).toArray(String[]::new);
        for (String other : rest) {
            network.cut(cutOff, other);
            network.cut(other, cutOff);
        }
        CompletableFuture<Outcome> lost = put(old, "lost", "1");
        Replica next = leader(rest);
        put(next, "a", "2").get(5, TimeUnit.SECONDS);
        await("the old leader gives up", lost::isDone);
        assertThat(lost).isCompletedExceptionally();
        assertThat(get(old, "lost")).isNull();
        network.heal();
        long revision = next.newest().revision();
        AppliedRevision.await(old, revision);
        assertThat(get(old, "a")).isEqualTo("2");
    }

    /** Else an acknowledged write is lost: of the two that have it one is away and one has forgotten it. */
    @Test
    void aMemberThatLostItsDiskDoesNotHelpAStaleOneIntoTheLead() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        put(leader, "a", "1").get(5, TimeUnit.SECONDS);
        List<String> others =
                MEMBERS.stream().filter(name -> !name.equals(leader.name())).toList();
        String stale = others.get(0);
        String forgetful = others.get(1);
        AppliedRevision.await(replica(stale), 2);
        stop(stale);
        put(leader, "a", "2").get(5, TimeUnit.SECONDS);
        stop(forgetful);
        stop(leader.name());
        try (var files = Files.list(folder.resolve(forgetful))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        start(stale);
        start(forgetful);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < until) {
            assertThat(replica(stale).isLeader() || replica(forgetful).isLeader())
                    .isFalse();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        start(leader.name());
        Replica next = leader("store-0", "store-1", "store-2");
        next.current().get(5, TimeUnit.SECONDS);
        assertThat(get(next, "a")).isEqualTo("2");
        AppliedRevision.await(replica(forgetful), 3);
        stop(next.name());
        leader(MEMBERS.stream().filter(name -> !name.equals(next.name())).toArray(String[]::new));
    }

    @Test
    void aMemberFarBehindIsFilledByASnapshotAndKeepsItOverARestart() throws Exception {
        startAll();
        leader("store-0", "store-1", "store-2");
        String behind = MEMBERS.stream()
                .filter(name -> !leader("store-0", "store-1", "store-2").name().equals(name))
                .findFirst()
                .orElseThrow();
        stop(behind);
        Replica leader =
                leader(MEMBERS.stream().filter(name -> !name.equals(behind)).toArray(String[]::new));
        CompletableFuture<?>[] window = new CompletableFuture<?>[500];
        for (int round = 0; round < 24; round++) {
            for (int i = 0; i < window.length; i++) {
                window[i] = put(leader, "k" + i, "round " + round);
            }
            CompletableFuture.allOf(window).get(20, TimeUnit.SECONDS);
        }
        long revision = leader.newest().revision();
        assertThat(revision).isEqualTo(12_001);
        AppliedRevision.await(start(behind), revision);
        stop(behind);
        Replica again = start(behind);
        AppliedRevision.await(again, revision);
        assertThat(SnapshotHash.of(again.newest())).isEqualTo(SnapshotHash.of(leader.newest()));
    }

    @Test
    void aLogOfLargeValuesDoesNotStayInMemoryAndWhoeverMissedItIsFilled() throws Exception {
        startAll();
        String behind = leader("store-0", "store-1", "store-2").name().equals("store-2") ? "store-1" : "store-2";
        stop(behind);
        String value = "v".repeat(1 << 20);
        for (int i = 0; i < 100; i++) {
            putSurely("k" + i % 5, i + value);
        }
        Replica last = leader(replicas.keySet().toArray(String[]::new));
        await("the log is forgotten", () -> last.entriesInMemory() < 80);
        long revision = last.newest().revision();
        Replica again = start(behind);
        AppliedRevision.await(again, revision);
        assertThat(SnapshotHash.of(again.newest())).isEqualTo(SnapshotHash.of(last.newest()));
        stop(behind);
        AppliedRevision.await(start(behind), revision);
    }

    @Test
    void everyMemberIsAskedToCompareItsContentAndACondemnedOneNeverComesBack() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        put(leader, "a", "1").get(5, TimeUnit.SECONDS);
        leader.propose(ProposalCodec.encode(new Proposal(null, new Command.CheckContent(2, "abc"))))
                .get(5, TimeUnit.SECONDS);
        await("all compare", () -> checks.size() == 3);
        assertThat(checks).containsOnly("abc at 2 of 2");
        String wrong = MEMBERS.stream()
                .filter(name -> !name.equals(leader.name()))
                .findFirst()
                .orElseThrow();
        replica(wrong).condemn("it differs");
        await("it stops", () -> replica(wrong).failure() != null);
        stop(wrong);
        assertThatThrownBy(() -> start(wrong))
                .hasMessageContaining("it differs")
                .hasMessageContaining("remove it to let the other members fill it again");
        put(leader, "a", "2").get(5, TimeUnit.SECONDS);
    }

    /** More keys than are purged in one go. */
    private static void putMany(Replica leader, String value) throws Exception {
        for (int i = 0; i < 50; i++) {
            Op[] puts = new Op[100];
            for (int j = 0; j < puts.length; j++) {
                puts[j] = new Op.Put(ByteSequence.utf8("k" + i + "/" + j), ByteSequence.utf8(value), 0, false);
            }
            leader.propose(ProposalCodec.encode(new Proposal(null, new Command.Commit(Txn.of(puts)))))
                    .get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasCompactedLeavesTheMemoryOfAllMembers() throws Exception {
        // What is in memory is compared byte by byte, so no write may be repeated, however late heartbeats are.
        mostMissed = 100;
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        putMany(leader, "old");
        long bytes = leader.newest().bytes();
        putMany(leader, "new");
        long revision = leader.newest().revision();
        leader.propose(ProposalCodec.encode(new Proposal(null, new Command.Compact(revision))))
                .get(5, TimeUnit.SECONDS);
        leader.purged().get(10, TimeUnit.SECONDS);
        assertThat(leader.newest().bytes()).isEqualTo(bytes);
        String hash = SnapshotHash.of(leader.newest());
        for (Replica replica : replicas.values()) {
            AppliedRevision.await(replica, revision);
            await("purge at " + replica.name(), () -> replica.newest().bytes() == bytes);
            assertThat(SnapshotHash.of(replica.newest())).isEqualTo(hash);
        }
        stop(leader.name());
        start(leader.name());
        await("purge after a restart", () -> replica(leader.name()).newest().bytes() == bytes);
    }

    @Test
    void defragmentationTakesWhatWasCompactedOffTheDisk() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        String value = "v".repeat(100_000);
        for (int i = 0; i < 50; i++) {
            put(leader, "a", value).get(5, TimeUnit.SECONDS);
        }
        leader.propose(ProposalCodec.encode(new Proposal(null, new Command.Compact(51))))
                .get(5, TimeUnit.SECONDS);
        assertThat(leader.diskBytes()).isGreaterThan(5_000_000);
        leader.defragment().get(10, TimeUnit.SECONDS);
        assertThat(leader.diskBytes()).isLessThan(400_000);
        leader.defragment().get(10, TimeUnit.SECONDS);
        String name = leader.name();
        String hash = SnapshotHash.of(leader.newest());
        stop(name);
        AppliedRevision.await(start(name), 51);
        assertThat(SnapshotHash.of(replica(name).newest())).isEqualTo(hash);
    }

    @Test
    void defragmentationAgainAndAgainLeavesRoomInTheLog() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        CompletableFuture<?>[] window = new CompletableFuture<?>[500];
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < window.length; i++) {
                window[i] = put(leader, "k" + i, "round " + round);
            }
            CompletableFuture.allOf(window).get(20, TimeUnit.SECONDS);
            for (Replica replica : replicas.values()) {
                replica.defragment().get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(leader.newest().revision()).isEqualTo(10_001);
    }

    @Test
    void moreThanTheLogMayHoldIsRefusedAtOnce() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        String value = "v".repeat(1 << 20);
        List<CompletableFuture<Outcome>> all = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            all.add(put(leader, "k", value));
        }
        long busy = 0;
        for (CompletableFuture<Outcome> one : all) {
            try {
                one.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(ReplicaException.class);
                busy += e.getCause() instanceof ReplicaException.Busy ? 1 : 0;
            }
        }
        assertThat(busy).isBetween(1L, 79L);
        putSurely("k", "and on");
    }

    /** Found by the torture, seed 2. */
    @Test
    void leasesThatRunOutTogetherEndAtARevisionEach() throws Exception {
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        for (long lease : new long[] {1, 2}) {
            leader.propose(ProposalCodec.encode(new Proposal(null, new Command.GrantLease(1, lease))))
                    .get(5, TimeUnit.SECONDS);
            Op attached = new Op.Put(ByteSequence.utf8("k" + lease), ByteSequence.utf8("v"), lease, false);
            leader.propose(ProposalCodec.encode(new Proposal(null, new Command.Commit(Txn.of(attached)))))
                    .get(5, TimeUnit.SECONDS);
        }
        Snapshot after = AppliedRevision.await(leader, 5);
        assertThat(after.changes(KeyRange.all(), 3, 5)).hasSize(2);
    }

    private void change(String member, boolean add) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                leader(replicas.keySet().toArray(String[]::new))
                        .changeMembers(member, add)
                        .get(10, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(ReplicaException.class);
                assertThat(System.nanoTime()).isLessThan(deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    @Test
    void aGroupGrowsFromThreeToFiveAndShrinksAgain() throws Exception {
        startAll();
        Replica first = leader("store-0", "store-1", "store-2");
        put(first, "a", "1").get(5, TimeUnit.SECONDS);
        assertThatThrownBy(() -> first.changeMembers("store-9", true).get(1, TimeUnit.SECONDS))
                .hasMessageContaining("no process of this store can be named store-9");
        assertThatThrownBy(() -> first.changeMembers("store-1", true).get(1, TimeUnit.SECONDS))
                .hasMessageContaining("store-1 is a member already");
        change("store-3", true);
        AppliedRevision.await(start("store-3", KNOWN.subList(0, 4)), 2);
        change("store-4", true);
        AppliedRevision.await(start("store-4", KNOWN), 2);
        await(
                "all know all",
                () -> replicas.values().stream().allMatch(each -> each.members().size() == 5));
        // Two of five may be lost now, the leader among them.
        Replica leader = leader(KNOWN.toArray(String[]::new));
        put(leader, "a", "2").get(5, TimeUnit.SECONDS);
        String second = KNOWN.stream()
                .filter(name -> !name.equals(leader.name()))
                .findFirst()
                .orElseThrow();
        stop(leader.name());
        stop(second);
        Replica next = leader(replicas.keySet().toArray(String[]::new));
        put(next, "a", "3").get(5, TimeUnit.SECONDS);
        AppliedRevision.await(start(second, KNOWN), 4);
        AppliedRevision.await(start(leader.name(), KNOWN), 4);
        change("store-4", false);
        stop("store-4");
        change("store-3", false);
        stop("store-3");
        Replica last = leader("store-0", "store-1", "store-2");
        put(last, "a", "4").get(5, TimeUnit.SECONDS);
        await("three are left", () -> last.members().equals(MEMBERS));
        assertThat(get(last, "a")).isEqualTo("4");
    }

    @Test
    void aMemberWhoseDiskFailsStopsAndTheOthersGoOn() throws Exception {
        FaultyDisk broken = new FaultyDisk(Disk.real());
        disks.put("store-0", broken);
        startAll();
        put(leader("store-0", "store-1", "store-2"), "a", "1").get(5, TimeUnit.SECONDS);
        broken.set(failing(Failure.FSYNC));
        CompletableFuture<Outcome> unused = put(replica("store-0"), "a", "2");
        await("store-0 sees that its disk failed", () -> {
            var ignored = leader("store-1", "store-2", "store-0").propose(Replica.NO_OPERATION);
            return replica("store-0").failure() != null;
        });
        Replica leader = leader("store-1", "store-2");
        put(leader, "a", "3").get(5, TimeUnit.SECONDS);
        assertThat(get(leader, "a")).isEqualTo("3");
    }

    private static FaultyDisk.Rule failing(Failure failure) {
        return new FaultyDisk.Rule("f1", Duration.ZERO, failure, 100, null);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"WRITE", "FSYNC", "FULL"})
    void whatAMajorityCannotPersistIsNeverAcknowledged(Failure failure) throws Exception {
        Map<String, FaultyDisk> faulty = new HashMap<>();
        for (String name : MEMBERS) {
            faulty.put(name, new FaultyDisk(Disk.real()));
            disks.put(name, faulty.get(name));
        }
        startAll();
        Replica leader = leader("store-0", "store-1", "store-2");
        put(leader, "a", "1").get(5, TimeUnit.SECONDS);
        List<String> others =
                MEMBERS.stream().filter(name -> !name.equals(leader.name())).toList();
        for (String name : others) {
            FaultyDisk disk = faulty.get(name);
            if (disk != null) {
                disk.set(failing(failure));
            }
        }
        CompletableFuture<Outcome> lost = put(leader, "a", "2");
        for (String name : others) {
            await(name + " sees that its disk failed", () -> replica(name).failure() != null);
        }
        assertThatThrownBy(() -> lost.get(1, TimeUnit.SECONDS))
                .isInstanceOfAny(TimeoutException.class, ExecutionException.class);
        // With sound disks again the members come back, and nothing that was acknowledged is missing.
        for (String name : others) {
            stop(name);
            disks.put(name, Disk.real());
            start(name);
        }
        Replica next = leader("store-0", "store-1", "store-2");
        put(next, "b", "3").get(5, TimeUnit.SECONDS);
        assertThat(get(next, "a")).isIn("1", "2");
    }

    private final class Listening extends SilentListener {
        @Override
        public void contentCheck(Snapshot state, long revision, String hash) {
            checks.add(hash + " at " + revision + " of " + state.revision());
        }
    }
}
