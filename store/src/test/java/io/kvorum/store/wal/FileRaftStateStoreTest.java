package io.kvorum.store.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.cp.internal.RaftEndpointImpl;
import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import com.hazelcast.cp.internal.raft.impl.persistence.RestoredRaftState;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.SnapshotHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileRaftStateStoreTest {
    private static final RaftEndpoint LOCAL = new RaftEndpointImpl(new UUID(1, 1));
    private static final List<RaftEndpoint> MEMBERS =
            List.of(LOCAL, new RaftEndpointImpl(new UUID(2, 2)), new RaftEndpointImpl(new UUID(3, 3)));

    @TempDir
    Path parent;

    private Path folder = Path.of("");
    private final List<IOException> failures = new ArrayList<>();

    @BeforeEach
    void chooseFolder() {
        folder = parent.resolve("store-0");
    }

    private FileRaftStateStore open(Disk disk) throws IOException {
        return new FileRaftStateStore(folder, disk, nanos -> {}, failures::add);
    }

    private FileRaftStateStore open() throws IOException {
        return open(Disk.real());
    }

    /** A new member's store with entries 1 to {@code count}, flushed one by one. */
    private FileRaftStateStore filled(int count) throws IOException {
        FileRaftStateStore store = open();
        assertThat(store.load()).isNull();
        store.open();
        store.persistInitialMembers(LOCAL, MEMBERS);
        store.persistTerm(1, LOCAL);
        for (int i = 1; i <= count; i++) {
            store.persistEntry(entry(1, i));
            store.flushLogs();
        }
        return store;
    }

    private static LogEntry entry(int term, long index) {
        return new LogEntry(term, index, ("operation " + index).getBytes(StandardCharsets.UTF_8));
    }

    private RestoredRaftState reload() throws IOException {
        FileRaftStateStore store = open();
        try {
            RestoredRaftState state = store.load();
            if (state == null) {
                throw new AssertionError("nothing was restored");
            }
            return state;
        } finally {
            store.close();
        }
    }

    private static List<Long> indexes(RestoredRaftState state) {
        return Arrays.stream(state.entries()).map(LogEntry::index).toList();
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("log-"))
                    .sorted()
                    .toList();
        }
    }

    private Path segment() throws IOException {
        return segments().get(segments().size() - 1);
    }

    @Test
    void whatWasFlushedIsRestored() throws IOException {
        filled(5).close();
        RestoredRaftState state = reload();
        assertThat(state.localEndpoint()).isEqualTo(LOCAL);
        assertThat(state.initialMembers()).containsExactlyElementsOf(MEMBERS);
        assertThat(state.term()).isEqualTo(1);
        assertThat(state.votedFor()).isEqualTo(LOCAL);
        assertThat(indexes(state)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat((byte[]) state.entries()[4].operation())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("operation 5");
    }

    @Test
    void removedEntriesDoNotComeBack() throws IOException {
        FileRaftStateStore store = filled(5);
        store.deleteEntriesFrom(3);
        store.persistEntry(entry(2, 3));
        store.flushLogs();
        store.close();
        RestoredRaftState state = reload();
        assertThat(indexes(state)).containsExactly(1L, 2L, 3L);
        assertThat(state.entries()[2].term()).isEqualTo(2);
    }

    @Test
    void aLogCutAtAnyByteGivesAWholePrefix() throws IOException {
        filled(4).close();
        Path segment = segment();
        byte[] whole = Files.readAllBytes(segment);
        int last = 0;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(segment, Arrays.copyOf(whole, length));
            List<Long> indexes = indexes(reload());
            assertThat(indexes.size()).as("entries after a cut at %d", length).isBetween(last, last + 1);
            last = indexes.size();
            for (int i = 0; i < last; i++) {
                assertThat(indexes.get(i)).isEqualTo(i + 1);
            }
            assertThat(Files.size(segment)).as("the torn tail is cut").isLessThanOrEqualTo(length);
        }
        assertThat(last).isEqualTo(4);
    }

    @Test
    void aLogGoesOnAfterATornTail() throws IOException {
        filled(3).close();
        byte[] whole = Files.readAllBytes(segment());
        Files.write(segment(), Arrays.copyOf(whole, whole.length - 1));
        FileRaftStateStore store = open();
        assertThat(store.load()).isNotNull();
        store.open();
        store.persistEntry(entry(1, 3));
        store.flushLogs();
        store.close();
        assertThat(indexes(reload())).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aFlippedBitAnywhereButAtTheEndIsRefusedWithFileAndOffset() throws IOException {
        filled(6).close();
        Path segment = segment();
        byte[] whole = Files.readAllBytes(segment);
        int lastRecord = whole.length - (whole.length / 6);
        for (int at = 0; at < lastRecord; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << new Random(at).nextInt(8));
            Files.write(segment, damaged);
            assertThatThrownBy(this::reload)
                    .as("bit flipped in byte %d", at)
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining(segment.toString())
                    .hasMessageContaining("offset " + (at / (whole.length / 6)) * (whole.length / 6));
        }
    }

    @Test
    void aFlippedBitInTheLastRecordIsRefusedToo() throws IOException {
        filled(2).close();
        byte[] damaged = Files.readAllBytes(segment());
        damaged[damaged.length - 1] ^= 1;
        Files.write(segment(), damaged);
        assertThatThrownBy(this::reload).isInstanceOf(CorruptFileException.class);
    }

    @Test
    void sectorsThatWereNeverWrittenAtTheEndAreATornTail() throws IOException {
        filled(3).close();
        byte[] whole = Files.readAllBytes(segment());
        Files.write(segment(), Arrays.copyOf(whole, whole.length + 4096));
        assertThat(indexes(reload())).containsExactly(1L, 2L, 3L);
    }

    @Test
    void theOpenSegmentHasItsPlaceAheadAndAClosedOneNone() throws IOException {
        FileRaftStateStore store = filled(3);
        assertThat(Files.size(segment())).isEqualTo(1 << 20);
        store.persistEntry(new LogEntry(1, 4, new byte[1 << 20]));
        store.flushLogs();
        assertThat(Files.size(segment())).isEqualTo(2 << 20);
        assertThat(store.sizeBytes()).isBetween(1L << 20, (1L << 20) + 1000);
        store.close();
        assertThat(Files.size(segment())).isEqualTo(store.sizeBytes());
        assertThat(indexes(reload())).containsExactly(1L, 2L, 3L, 4L);
    }

    /** However many sectors of what it wrote last reached the disk. */
    @Test
    void aMemberThatIsKilledGoesOnBeforeWhatItsDiskDidNotFinish() throws IOException {
        FileRaftStateStore store = filled(3);
        long synced = store.sizeBytes();
        byte[] operation = new byte[3000];
        Arrays.fill(operation, (byte) 7);
        store.persistEntry(new LogEntry(1, 4, operation));
        store.flushLogs();
        byte[] whole = Files.readAllBytes(segment());
        long end = store.sizeBytes();
        store.close();
        for (int sectors = 0; sectors * 512L < end; sectors++) {
            byte[] cut = whole.clone();
            int from = (int) Math.max(synced, sectors * 512L);
            Arrays.fill(cut, from, cut.length, (byte) 0);
            Files.write(segment(), cut);
            assertThat(indexes(reload())).as("%d sectors", sectors).containsExactly(1L, 2L, 3L);
            assertThat(Files.size(segment())).as("the rest is cut").isEqualTo(synced);
        }
        Files.write(segment(), whole);
        assertThat(indexes(reload())).containsExactly(1L, 2L, 3L, 4L);
        assertThat(Files.size(segment())).isEqualTo(end);
    }

    @Test
    void aTornTailInAnOlderSegmentIsRefused() throws IOException {
        filled(3).close();
        Path older = segment();
        FileRaftStateStore store = open();
        assertThat(store.load()).isNotNull();
        store.open();
        store.persistEntry(entry(1, 4));
        store.flushLogs();
        store.close();
        byte[] whole = Files.readAllBytes(older);
        Files.write(older, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(this::reload)
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(older.toString());
    }

    /** A member that is killed before it has said who it is has nothing to lose, and starts as a new one. */
    @Test
    void aMemberThatDidNotComeFarIsNew() throws IOException {
        FileRaftStateStore killed = open();
        assertThat(killed.load()).isNull();
        killed.open();
        killed.close();
        assertThat(segments()).isNotEmpty();
        filled(2).close();
        assertThat(indexes(reload())).containsExactly(1L, 2L);
    }

    /** What has been written is not taken for nothing. */
    @Test
    void aMemberThatForgotWhoItIsIsRefused() throws IOException {
        filled(1).close();
        Files.delete(folder.resolve(FileRaftStateStore.VOTE));
        Files.delete(folder.resolve(FileRaftStateStore.MEMBERS));
        assertThatThrownBy(this::reload).hasMessageContaining("members is missing");
    }

    @Test
    void aMissingSegmentIsRefused() throws IOException {
        filled(1).close();
        for (int i = 2; i <= 3; i++) {
            FileRaftStateStore store = open();
            assertThat(store.load()).isNotNull();
            store.open();
            store.persistEntry(entry(1, i));
            store.flushLogs();
            store.close();
        }
        Files.delete(segments().get(1));
        assertThatThrownBy(this::reload).hasMessageContaining("is missing");
    }

    @Test
    void aDamagedSnapshotOrVoteIsRefused() throws IOException {
        FileRaftStateStore store = filled(2);
        store.persistSnapshot(snapshot(2));
        store.flushLogs();
        store.close();
        for (String name : List.of("snapshot", "vote", "members")) {
            byte[] whole = Files.readAllBytes(folder.resolve(name));
            byte[] damaged = whole.clone();
            damaged[damaged.length / 2] ^= 4;
            Files.write(folder.resolve(name), damaged);
            assertThatThrownBy(this::reload)
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining(folder.resolve(name).toString());
            Files.write(folder.resolve(name), whole);
        }
        assertThat(reload().snapshot().index()).isEqualTo(2);
    }

    private static SnapshotEntry snapshot(long index) {
        KeySpace keySpace = new KeySpace();
        keySpace.apply(
                index,
                new Proposal(
                        null,
                        new Command.Commit(
                                Txn.of(new Op.Put(ByteSequence.utf8("k"), ByteSequence.utf8("v" + index), 0, false)))));
        return new SnapshotEntry(1, index, new ReceivedSnapshot(keySpace.snapshot()), 0, MEMBERS);
    }

    @Test
    void aSnapshotReplacesTheLogBeforeIt() throws IOException {
        FileRaftStateStore store = filled(5);
        store.persistSnapshot(snapshot(4));
        store.persistEntry(entry(1, 6));
        store.flushLogs();
        store.persistSnapshot(snapshot(6));
        store.persistEntry(entry(1, 7));
        store.flushLogs();
        store.deletion().join();
        assertThat(segments()).hasSize(1);
        store.close();
        RestoredRaftState state = reload();
        assertThat(state.snapshot().index()).isEqualTo(6);
        assertThat(SnapshotHash.of(EntryCodec.stateOf(state.snapshot().operation())))
                .isEqualTo(SnapshotHash.of(EntryCodec.stateOf(snapshot(6).operation())));
        assertThat(indexes(state)).containsExactly(7L);
    }

    @Test
    void aLargeSnapshotReplacesALargeOne() throws IOException {
        FileRaftStateStore store = filled(1);
        store.persistSnapshot(largeSnapshot(10));
        store.persistSnapshot(largeSnapshot(11));
        store.close();
        SnapshotEntry read = reload().snapshot();
        assertThat(read.index()).isEqualTo(11);
        assertThat(SnapshotHash.of(EntryCodec.stateOf(read.operation())))
                .isEqualTo(SnapshotHash.of(EntryCodec.stateOf(largeSnapshot(11).operation())));
    }

    /** Of 40 MiB. */
    private static SnapshotEntry largeSnapshot(long index) {
        KeySpace keySpace = new KeySpace();
        List<Op> puts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            puts.add(new Op.Put(ByteSequence.utf8("k" + i), ByteSequence.wrap(new byte[1 << 20]), 0, false));
        }
        keySpace.apply(index, new Proposal(null, new Command.Commit(Txn.of(puts.toArray(Op[]::new)))));
        return new SnapshotEntry(1, index, new ReceivedSnapshot(keySpace.snapshot()), 0, MEMBERS);
    }

    @Test
    void aSnapshotFromTheLeaderBridgesAGapInTheLog() throws IOException {
        FileRaftStateStore store = filled(3);
        store.persistSnapshot(snapshot(100));
        store.persistEntry(entry(1, 101));
        store.flushLogs();
        store.close();
        assertThat(indexes(reload())).containsExactly(101L);
    }

    @Test
    void aGapInTheLogIsRefused() throws IOException {
        FileRaftStateStore store = filled(3);
        store.persistEntry(entry(1, 5));
        store.flushLogs();
        store.close();
        assertThatThrownBy(this::reload).isInstanceOf(CorruptFileException.class);
    }

    @Test
    void aFolderServesOneStoreAtATime() throws IOException {
        FileRaftStateStore store = filled(1);
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("in use");
        store.close();
        open().close();
    }

    @Test
    void afterAFailedFsyncNothingIsAcceptedAnyMore() throws IOException {
        int[] left = {4};
        Disk dying = new Disk() {
            @Override
            public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
                Disk.real().write(channel, bytes);
            }

            @Override
            public void allocate(FileChannel channel, long from, long to) throws IOException {
                Disk.real().allocate(channel, from, to);
            }

            @Override
            public void sync(FileChannel channel) throws IOException {
                if (left[0]-- <= 0) {
                    throw new IOException("No space left on device");
                }
                Disk.real().sync(channel);
            }
        };
        FileRaftStateStore store = open(dying);
        store.open();
        store.persistInitialMembers(LOCAL, MEMBERS);
        store.persistTerm(1, LOCAL);
        store.persistEntry(entry(1, 1));
        store.flushLogs();
        store.persistEntry(entry(1, 2));
        store.flushLogs();
        store.persistEntry(entry(1, 3));
        assertThatThrownBy(store::flushLogs).hasMessageContaining("No space left");
        assertThatThrownBy(() -> store.persistEntry(entry(1, 4))).hasMessageContaining("failed before");
        assertThatThrownBy(() -> store.persistTerm(2, null)).hasMessageContaining("failed before");
        assertThat(failures).hasSize(1);
        store.close();
    }

    private static LogEntry write(long index) {
        return new LogEntry(1, index, proposal(index));
    }

    private static byte[] proposal(long index) {
        return ProposalCodec.encode(new Proposal(
                null,
                new Command.Commit(
                        Txn.of(new Op.Put(ByteSequence.utf8("k"), ByteSequence.utf8("v" + index), 0, false)))));
    }

    /** The snapshot as a member takes it itself after applying entries 1 to {@code index}. */
    private static SnapshotEntry ownSnapshot(long index) {
        KeySpace keySpace = new KeySpace();
        for (long i = 1; i <= index; i++) {
            keySpace.applyEntry(i, proposal(i));
        }
        return new SnapshotEntry(1, index, keySpace.snapshot(), 0, MEMBERS);
    }

    private FileRaftStateStore written(long minLogBytes) throws IOException {
        FileRaftStateStore store = new FileRaftStateStore(folder, Disk.real(), nanos -> {}, failures::add, minLogBytes);
        store.load();
        store.open();
        store.persistInitialMembers(LOCAL, MEMBERS);
        store.persistTerm(1, LOCAL);
        for (int i = 1; i <= 6; i++) {
            store.persistEntry(write(i));
        }
        store.persistSnapshot(ownSnapshot(4));
        store.flushLogs();
        store.persistEntry(write(7));
        store.flushLogs();
        store.close();
        return store;
    }

    @Test
    void aMarkInTheLogStandsForASnapshotWhileTheLogIsShort() throws IOException {
        written(1 << 20);
        assertThat(folder.resolve("snapshot")).doesNotExist();
        RestoredRaftState state = reload();
        assertThat(state.snapshot().index()).isEqualTo(4);
        assertThat(SnapshotHash.of(EntryCodec.stateOf(state.snapshot().operation())))
                .isEqualTo(SnapshotHash.of(EntryCodec.stateOf(ownSnapshot(4).operation())));
        assertThat(indexes(state)).containsExactly(5L, 6L, 7L);
        assertThat(MemberFolder.read(folder).entries()).as("seen one by one").hasSize(7);
    }

    @Test
    void theKeySpaceIsWrittenAnewWhenTheLogHasGrown() throws IOException {
        written(1);
        assertThat(folder.resolve("snapshot")).exists();
        RestoredRaftState state = reload();
        assertThat(state.snapshot().index()).isEqualTo(4);
        assertThat(indexes(state)).containsExactly(5L, 6L, 7L);
    }

    @Test
    void aMarkWithoutItsEntriesIsRefused() throws IOException {
        FileRaftStateStore store = filled(2);
        store.persistSnapshot(ownSnapshot(4));
        store.flushLogs();
        store.close();
        assertThatThrownBy(this::reload)
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("are missing");
    }

    @Test
    void aSnapshotCutAtAnyRecordIsRefused() throws IOException {
        written(1);
        Path file = folder.resolve("snapshot");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(this::reload)
                    .as("cut at %d", length)
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining(file.toString());
        }
    }
}
