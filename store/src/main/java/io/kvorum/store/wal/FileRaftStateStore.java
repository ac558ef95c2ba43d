package io.kvorum.store.wal;

import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import com.hazelcast.cp.internal.raft.impl.persistence.RaftStateStore;
import com.hazelcast.cp.internal.raft.impl.persistence.RestoredRaftState;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Raft's state in a folder. All methods are called on the member's Raft thread, except where noted. After the first
 * failed write or fsync nothing is known about what reached the disk, so the store refuses everything from then on and
 * tells {@code onFailure}: the member must stop (etcd does the same).
 */
public final class FileRaftStateStore implements RaftStateStore {
    static final String MEMBERS = "members";
    static final String VOTE = "vote";
    private static final String FILLING = "filling";
    private static final String CONDEMNED = "condemned";
    private static final long CLOSE_SECONDS = 10;

    /**
     * The key space is written anew when the log since the last time has grown to its size, or to this: so what is
     * written, and what is read at a start, stays in proportion to what is stored.
     */
    private static final long MIN_LOG_BYTES = 64L << 20;

    /**
     * How many times as long as it took to write a part of a snapshot is left to others before the next. All members begin
     * theirs at about the same time, because their logs are alike, perhaps on one machine.
     */
    private static final int REST_IN_BACKGROUND = 3;

    /** The same where somebody waits for the end, of one member at a time. */
    private static final int REST_IF_AWAITED = 1;

    /** The effects whose failure makes the store useless. */
    private interface Effect {
        void run() throws IOException;
    }

    private final DataFolder folder;
    private final LogFiles log;
    private final LongConsumer onFlushNanos;
    private final Consumer<IOException> onFailure;
    private final ExecutorService snapshots;
    /** Of what the log gave up last; on the Raft thread. */
    private CompletableFuture<Void> deletion = CompletableFuture.completedFuture(null);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final long minLogBytes;
    private volatile @Nullable IOException failure;

    /** The newest snapshot on disk; segments up to it may go. */
    private volatile long durableSnapshot;

    /** What had been appended to the log when the last snapshot was begun. On the Raft thread. */
    private long appendedBefore;

    private volatile long snapshotBytes;
    private volatile boolean filling;

    /**
     * Locks the folder.
     *
     * @param onFlushNanos is told how long each flush of the log took
     * @param onFailure is told once, on any thread, that writing failed
     */
    public FileRaftStateStore(Path path, Disk disk, LongConsumer onFlushNanos, Consumer<IOException> onFailure)
            throws IOException {
        this(path, disk, onFlushNanos, onFailure, MIN_LOG_BYTES);
    }

    FileRaftStateStore(
            Path path, Disk disk, LongConsumer onFlushNanos, Consumer<IOException> onFailure, long minLogBytes)
            throws IOException {
        this.minLogBytes = minLogBytes;
        this.folder = DataFolder.open(path, disk);
        this.log = new LogFiles(folder, disk);
        this.onFlushNanos = onFlushNanos;
        this.onFailure = onFailure;
        this.snapshots = new ThreadPoolExecutor(0, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "store-snapshot-" + path.getFileName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * What the folder holds; null when it is new. Before {@link #open}.
     *
     * <p>Errors: {@link CorruptFileException} when it holds something else than was written.
     */
    public @Nullable RestoredRaftState load() throws IOException {
        Files.deleteIfExists(folder.file(SnapshotFile.NAME + ".tmp"));
        byte[] condemned = folder.read(CONDEMNED);
        if (condemned != null) {
            throw new IOException("folder " + folder.path() + " must not be used again: "
                    + new String(condemned, StandardCharsets.UTF_8)
                    + "; remove it to let the other members fill it again");
        }
        byte[] members = folder.read(MEMBERS);
        byte[] vote = folder.read(VOTE);
        SnapshotEntry snapshot = SnapshotFile.read(folder.file(SnapshotFile.NAME));
        filling = Files.exists(folder.file(FILLING));
        if (members == null) {
            if (vote != null || snapshot != null || log.isPresent()) {
                throw new IOException("file " + folder.file(MEMBERS) + " is missing");
            }
            // Left by a start that was cut off between the opening of the log and the first that is written down.
            log.removeEmpty();
            folder.replace(FILLING, new byte[0]);
            filling = true;
            return null;
        }
        try {
            durableSnapshot = snapshot == null ? 0 : snapshot.index();
            LogReplay replay = LogReplay.on(snapshot);
            log.load(replay);
            appendedBefore = -log.sizeBytes();
            snapshotBytes = snapshot == null ? 0 : Files.size(folder.file(SnapshotFile.NAME));
            BinaryReader in = new BinaryReader(members);
            RaftEndpoint local = EntryCodec.endpoint(in);
            List<RaftEndpoint> initial = EntryCodec.endpoints(in);
            BinaryReader votes = new BinaryReader(vote == null ? new byte[] {0, 0} : vote);
            int term = (int) votes.number();
            RaftEndpoint votedFor = votes.bool() ? EntryCodec.endpoint(votes) : null;
            return restored(
                    local,
                    initial,
                    term,
                    votedFor,
                    replay.base(),
                    replay.entries().toArray(LogEntry[]::new));
        } catch (MalformedException e) {
            throw new IOException("folder " + folder.path() + " was written by another version: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("NullAway") // Hazelcast's own annotations: vote and snapshot may be null
    private static RestoredRaftState restored(
            RaftEndpoint local,
            List<RaftEndpoint> initial,
            int term,
            @Nullable RaftEndpoint votedFor,
            @Nullable SnapshotEntry snapshot,
            LogEntry[] entries) {
        return new RestoredRaftState(local, initial, term, votedFor, snapshot, entries);
    }

    /**
     * Whether this member began with an empty folder and has not yet been filled by a leader. It may be one that lost its
     * disk, and with it what it acknowledged.
     */
    public boolean isFilling() {
        return filling;
    }

    /** The log has everything the leader had committed; durable when this returns. */
    public void filled() throws IOException {
        guarded(() -> {
            Files.deleteIfExists(folder.file(FILLING));
            folder.sync();
        });
        filling = false;
    }

    /** Why the store refuses to work, null while it works. Any thread. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** About how many bytes are on disk. Any thread. */
    public long sizeBytes() {
        return log.sizeBytes() + snapshotBytes;
    }

    @Override
    public void open() throws IOException {
        guarded(log::open);
    }

    @Override
    public void persistInitialMembers(RaftEndpoint localMember, Collection<RaftEndpoint> initialMembers)
            throws IOException {
        BinaryWriter out = new BinaryWriter(128);
        EntryCodec.write(out, localMember);
        EntryCodec.writeAll(out, initialMembers);
        guarded(() -> folder.replace(MEMBERS, out.toByteArray()));
    }

    @Override
    public void persistTerm(int term, @Nullable RaftEndpoint votedFor) throws IOException {
        BinaryWriter out = new BinaryWriter(32).number(term).bool(votedFor != null);
        if (votedFor != null) {
            EntryCodec.write(out, votedFor);
        }
        guarded(() -> folder.replace(VOTE, out.toByteArray()));
    }

    @Override
    public void persistEntry(LogEntry entry) throws IOException {
        guarded(() -> log.append(entry));
    }

    @Override
    public void deleteEntriesFrom(long startIndexInclusive) throws IOException {
        guarded(() -> log.removeFrom(startIndexInclusive));
    }

    @Override
    public void persistSnapshot(SnapshotEntry entry) throws IOException {
        boolean received = entry.operation() instanceof ReceivedSnapshot;
        if (!received) {
            guarded(() -> log.mark(entry));
            if (log.appendedBytes() - appendedBefore < Math.max(minLogBytes, snapshotBytes)) {
                return; // with the mark the log is as good, and costs less to write
            }
        }
        appendedBefore = log.appendedBytes();
        guarded(log::roll);
        Future<?> written = snapshots.submit(() -> write(entry, received ? 0 : REST_IN_BACKGROUND));
        if (received) {
            await(written);
        }
    }

    /** Writes a snapshot however short the log is. Completes on any thread; the next flush gives up the log before it. */
    public CompletableFuture<Void> rewrite(SnapshotEntry entry) {
        try {
            guarded(log::roll);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        appendedBefore = log.appendedBytes();
        return CompletableFuture.runAsync(() -> write(entry, REST_IF_AWAITED), snapshots);
    }

    /** Notes durably that this folder is never to be used again. */
    public void condemn(String reason) throws IOException {
        guarded(() -> folder.replace(CONDEMNED, reason.getBytes(StandardCharsets.UTF_8)));
    }

    private void write(SnapshotEntry entry, int restTimes) {
        if (entry.index() <= durableSnapshot || failure != null) {
            return;
        }
        try {
            guarded(() -> snapshotBytes =
                    folder.replace(SnapshotFile.NAME, SnapshotFile.records(entry), nanos -> rest(restTimes * nanos)));
            durableSnapshot = entry.index();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves the processor and the disk to others, though not once the store is being closed. */
    private void rest(long nanos) {
        try {
            closing.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the next write to the disk tells
        }
    }

    private static void await(Future<?> written) throws IOException {
        try {
            written.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing a snapshot", e);
        } catch (ExecutionException e) {
            throw new IOException("writing a snapshot failed: " + e.getCause(), e);
        }
    }

    @Override
    public void flushLogs() throws IOException {
        long start = System.nanoTime();
        guarded(() -> {
            log.flush();
            List<Path> needless = log.takeUpTo(durableSnapshot);
            if (!needless.isEmpty()) {
                // Aside: the file system takes its time for each, and the member has others to answer.
                deletion = CompletableFuture.runAsync(() -> delete(needless), snapshots);
            }
        });
        onFlushNanos.accept(System.nanoTime() - start);
    }

    private void delete(List<Path> files) {
        try {
            guarded(() -> log.delete(files));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // onFailure was told
        }
    }

    /** Completes, on any thread, when the files of what the log gave up are deleted. */
    public CompletableFuture<Void> deletion() {
        return deletion;
    }

    private void guarded(Effect effect) throws IOException {
        IOException before = failure;
        if (before != null) {
            throw new IOException("the disk failed before: " + before.getMessage(), before);
        }
        try {
            effect.run();
        } catch (IOException e) {
            failure = e;
            onFailure.accept(e);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        snapshots.shutdown();
        try {
            if (!snapshots.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("writing a snapshot did not end within " + CLOSE_SECONDS + " s");
            }
            if (failure == null) {
                log.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing", e);
        } finally {
            folder.close();
        }
    }
}
