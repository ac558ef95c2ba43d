package io.kvorum.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.SnapshotBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Backups of key spaces with histories, tombstones and leases. */
final class BackupTest {
    private final KeySpace keySpace = new KeySpace();
    private long index;

    private void apply(Command command) {
        keySpace.apply(++index, new Proposal(null, command));
    }

    private void put(String key, String value, long lease) {
        apply(new Command.Commit(
                new Txn(List.of(), List.of(new Op.Put(sequence(key), sequence(value), lease, false)), List.of())));
    }

    private void delete(String key) {
        apply(new Command.Commit(
                new Txn(List.of(), List.of(new Op.Delete(KeyRange.single(sequence(key)), false)), List.of())));
    }

    private static ByteSequence sequence(String text) {
        return ByteSequence.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private Snapshot written(int seed) {
        Random random = new Random(seed);
        apply(new Command.GrantLease(60));
        for (int i = 0; i < 2000; i++) {
            String key = "/registry/" + random.nextInt(300);
            if (random.nextInt(5) == 0) {
                delete(key);
            } else {
                put(key, "v".repeat(random.nextInt(400)) + i, random.nextInt(10) == 0 ? 1 : 0);
            }
        }
        return keySpace.snapshot();
    }

    private static byte[] save(Snapshot snapshot) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BackupWriter.write(snapshot, BackupWriter.header(snapshot, "kvorum", "store-1", "127.1.0.11", 42), out);
        return out.toByteArray();
    }

    private static List<KeyValue> live(Snapshot snapshot) {
        List<KeyValue> keys = new ArrayList<>();
        snapshot.visitLive(snapshot.revision(), keys::add);
        return keys;
    }

    private static Snapshot restore(byte[] backup, long bump) throws IOException {
        SnapshotBuilder[] builder = new SnapshotBuilder[1];
        BackupReader.read(new ByteArrayInputStream(backup), new BackupReader.Sink() {
            @Override
            public void header(BackupHeader header) {
                builder[0] = new SnapshotBuilder(10, header.revision() + bump, header.nextLease(), 77);
            }

            @Override
            public void lease(long id, long seconds) {
                builder[0].lease(id, seconds);
            }

            @Override
            public void key(KeyValue kv) {
                builder[0].key(kv);
            }
        });
        return builder[0].build();
    }

    @Test
    void whatIsRestoredIsWhatWasLive() throws Exception {
        Snapshot saved = written(1);
        Snapshot restored = restore(save(saved), 1000);
        assertThat(live(restored)).isEqualTo(live(saved));
        assertThat(restored.revision()).isEqualTo(saved.revision() + 1000);
        assertThat(restored.compactRevision()).isEqualTo(restored.revision());
        assertThat(restored.clusterId()).isEqualTo(77);
        assertThat(ContentHash.of(restored, restored.revision())).isEqualTo(ContentHash.of(saved, saved.revision()));
    }

    /** A restored store goes on: the next write has the next revision, and an ended lease takes its keys along. */
    @Test
    void aRestoredStoreGoesOn() throws Exception {
        Snapshot saved = written(2);
        Snapshot restored = restore(save(saved), 5);
        KeySpace next = new KeySpace(restored);
        next.apply(11, new Proposal(null, new Command.RevokeLease(1)));
        assertThat(next.snapshot().revision()).isEqualTo(saved.revision() + 6);
        assertThat(live(next.snapshot()))
                .noneMatch(kv -> kv.lease() == 1)
                .hasSizeLessThan(live(saved).size());
    }

    @Test
    void equalContentHasTheSameHashWhateverIsCompacted() {
        Snapshot before = written(3);
        long revision = before.revision();
        apply(new Command.Compact(revision));
        put("/registry/later", "x", 0);
        Snapshot after = keySpace.snapshot();
        assertThat(ContentHash.of(after, revision)).isEqualTo(ContentHash.of(before, revision));
        assertThat(ContentHash.of(after, after.revision())).isNotEqualTo(ContentHash.of(before, revision));
    }

    @Test
    void theResultTellsWhatTheFileSays() throws Exception {
        Snapshot saved = written(4);
        byte[] backup = save(saved);
        BackupReader.Result result = BackupReader.read(new ByteArrayInputStream(backup), new BackupReader.Sink() {});
        assertThat(result.header().cluster()).isEqualTo("kvorum");
        assertThat(result.header().keys()).isEqualTo(live(saved).size());
        assertThat(result.header().leases()).isEqualTo(1);
        assertThat(result.bytes()).isEqualTo(backup.length);
        assertThat(result.contentHash()).isEqualTo(ContentHash.of(saved, saved.revision()));
    }

    private static void refuses(byte[] file, String... words) {
        assertThatThrownBy(() -> BackupReader.read(new ByteArrayInputStream(file), new BackupReader.Sink() {}))
                .isInstanceOf(BackupException.class)
                .message()
                .doesNotContain("\n")
                .satisfies(message ->
                        List.of(words).forEach(word -> assertThat(message).contains(word)));
    }

    @Test
    void everyFlippedBitIsFound() throws Exception {
        put("/a", "1", 0);
        put("/b", "2", 0);
        byte[] backup = save(keySpace.snapshot());
        for (int bit = 0; bit < backup.length * 8; bit++) {
            byte[] damaged = backup.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            refuses(damaged);
        }
    }

    @Test
    void everyCutIsFound() throws Exception {
        put("/a", "1", 0);
        byte[] backup = save(keySpace.snapshot());
        for (int length = 0; length < backup.length; length++) {
            refuses(Arrays.copyOf(backup, length));
        }
        refuses(Arrays.copyOf(backup, backup.length - 1), "is cut off after " + (backup.length - 1) + " bytes");
        refuses(Arrays.copyOf(backup, backup.length + 1), "more follows");
    }

    @Test
    void anotherVersionAndAnotherKindOfFileAreNamed() throws Exception {
        byte[] newer = save(keySpace.snapshot());
        newer["KVORUM BACKUP ".length()] = '7';
        refuses(newer, "has version 7 of the backup format", "reads version 1");
        refuses("SQLite format 3 and so on".getBytes(StandardCharsets.US_ASCII), "is not a backup");
        refuses(new byte[0], "is empty");
    }
}
