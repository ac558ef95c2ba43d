package io.kvorum.store.etcd;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvorum.etcd.api.ResponseHeader;
import io.kvorum.etcd.api.SnapshotResponse;
import io.kvorum.store.backup.BackupHeader;
import io.kvorum.store.backup.BackupWriter;
import io.kvorum.store.mvcc.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends a backup, piece by piece as the client takes it. It is one of this store's own ({@code kvorum store restore} reads
 * it), in whole blocks and with the SHA-256 of all before it at the end, as etcd's tools expect.
 */
final class SnapshotStream extends OutputStream {
    /** etcd's tools take a file for one with a hash if its size is a multiple of this and the length of a hash. */
    static final int BLOCK_BYTES = 512;

    private static final int PIECE_BYTES = 64 << 10;

    /** A client that takes nothing for so long is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServerCallStreamObserver<SnapshotResponse> responses;
    private final ResponseHeader header;
    private final ReentrantLock lock;
    private final Condition changed;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int filled;
    private long remaining;

    private SnapshotStream(
            ServerCallStreamObserver<SnapshotResponse> responses, Room room, ResponseHeader header, long size) {
        this.responses = responses;
        this.header = header;
        this.lock = room.lock;
        this.changed = room.changed;
        this.remaining = size;
    }

    /** Wakes whoever waits for the client to take more; made while the call is being opened. */
    static final class Room {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();

        Room(ServerCallStreamObserver<SnapshotResponse> responses) {
            responses.setOnReadyHandler(this::wake);
            responses.setOnCancelHandler(this::wake);
        }

        private void wake() {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Sends all of it and completes the call. Blocks as long as the client takes. */
    static void send(
            ServerCallStreamObserver<SnapshotResponse> responses,
            Room room,
            ResponseHeader header,
            Snapshot snapshot,
            BackupHeader backup)
            throws IOException {
        Counter size = new Counter();
        BackupWriter.write(snapshot, backup, BLOCK_BYTES, size);
        SnapshotStream stream = new SnapshotStream(responses, room, header, size.bytes);
        BackupWriter.write(snapshot, backup, BLOCK_BYTES, stream);
        stream.sendPiece();
        responses.onCompleted();
    }

    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int offset, int length) {
            bytes += length;
        }
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] some, int offset, int length) throws IOException {
        int at = offset;
        while (at < offset + length) {
            int taken = Math.min(offset + length - at, piece.length - filled);
            System.arraycopy(some, at, piece, filled, taken);
            filled += taken;
            at += taken;
            if (filled == piece.length) {
                sendPiece();
            }
        }
    }

    private void sendPiece() throws IOException {
        if (filled == 0) {
            return;
        }
        awaitRoom();
        remaining -= filled;
        responses.onNext(SnapshotResponse.newBuilder()
                .setHeader(header)
                .setRemainingBytes(remaining)
                .setBlob(ByteString.copyFrom(piece, 0, filled))
                .build());
        filled = 0;
    }

    private void awaitRoom() throws IOException {
        long left = PATIENCE.toNanos();
        lock.lock();
        try {
            while (!responses.isReady() && !responses.isCancelled()) {
                if (left <= 0) {
                    throw new IOException("the client took nothing for " + PATIENCE.toSeconds() + " s");
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
        if (responses.isCancelled()) {
            throw new IOException("the client has gone");
        }
    }
}
