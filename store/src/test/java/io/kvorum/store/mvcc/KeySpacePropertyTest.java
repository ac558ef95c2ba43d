package io.kvorum.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random command sequences against {@link NaiveStore}; the seed in the test's name replays a failure. */
final class KeySpacePropertyTest {
    private static final int STEPS = 600;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void behavesLikeTheNaiveStore(long seed) {
        Random random = new Random(seed);
        KeySpace keySpace = new KeySpace();
        KeySpace twin = new KeySpace();
        NaiveStore model = new NaiveStore();
        List<WatchEvent> seen = new ArrayList<>();
        long index = 0;
        for (int step = 0; step < STEPS; step++) {
            index += 1 + random.nextInt(3);
            Command command = randomCommand(random, model);
            byte[] logged = ProposalCodec.encode(new Proposal(null, command));
            Applied applied = keySpace.apply(index, ProposalCodec.decode(logged));
            twin.apply(index, ProposalCodec.decode(logged));
            keySpace.purge(random.nextInt(4)); // the twin has no time for it
            applyTo(model, command, applied);
            assertThat(applied.revision()).isEqualTo(model.revision());
            assertEvents(model, applied);
            seen.addAll(applied.events());
            if (step % 50 == 49) {
                Snapshot snapshot = keySpace.snapshot();
                assertRanges(random, snapshot, model);
                assertThat(SnapshotHash.of(snapshot)).isEqualTo(SnapshotHash.of(twin.snapshot()));
                keySpace = new KeySpace(SnapshotAssembler.of(new SnapshotParts(snapshot)));
                assertThat(SnapshotHash.of(keySpace.snapshot())).isEqualTo(SnapshotHash.of(snapshot));
                assertChanges(random, snapshot, seen);
                assertPurgedAlike(keySpace, new KeySpace(twin.snapshot()));
            }
        }
    }

    private static void assertPurgedAlike(KeySpace some, KeySpace nothing) {
        String before = SnapshotHash.of(nothing.snapshot());
        some.purge(Integer.MAX_VALUE);
        while (nothing.purge(3)) {
            assertThat(SnapshotHash.of(nothing.snapshot())).isEqualTo(before);
        }
        assertThat(some.isPurging() || nothing.isPurging()).isFalse();
        assertThat(SnapshotHash.of(nothing.snapshot())).isEqualTo(before);
        assertThat(nothing.snapshot().bytes()).isEqualTo(some.snapshot().bytes());
        assertThat(nothing.snapshot().keyCount()).isEqualTo(some.snapshot().keyCount());
    }

    private static Command randomCommand(Random random, NaiveStore model) {
        int dice = random.nextInt(100);
        if (dice < 4) {
            return new Command.GrantLease(10);
        } else if (dice < 7) {
            return new Command.RevokeLease(1 + random.nextInt(10));
        } else if (dice < 9) {
            return new Command.KeepLeaseAlive(1 + random.nextInt(10));
        } else if (dice < 12) {
            return new Command.Compact(random.nextLong(model.revision() + 1));
        }
        List<Compare> compares = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            compares.add(Compare.modRevision(
                    key(random), Compare.Relation.values()[random.nextInt(4)], random.nextLong(model.revision() + 1)));
        }
        return new Command.Commit(new Txn(compares, ops(random), ops(random)));
    }

    /** Operations that do not write one key twice. */
    private static List<Op> ops(Random random) {
        List<Op> ops = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            ops.add(new Op.Delete(range(random), true));
            return ops;
        }
        TreeMap<ByteSequence, Boolean> used = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            ByteSequence key = key(random);
            if (used.put(key, true) == null) {
                byte[] value = new byte[random.nextInt(20)];
                random.nextBytes(value);
                long lease = random.nextInt(5) == 0 ? 1 + random.nextInt(10) : 0;
                ops.add(new Op.Put(key, ByteSequence.wrap(value), lease, true));
            }
        }
        return ops;
    }

    private static ByteSequence key(Random random) {
        return ByteSequence.utf8("k" + (char) ('a' + random.nextInt(6)) + random.nextInt(6));
    }

    private static KeyRange range(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> KeyRange.single(key(random));
            case 1 -> KeyRange.prefix(ByteSequence.utf8("k" + (char) ('a' + random.nextInt(6))));
            default -> new KeyRange(key(random), key(random));
        };
    }

    private static void applyTo(NaiveStore model, Command command, Applied applied) {
        if (command instanceof Command.Commit commit) {
            boolean accepted = model.commit(commit.txn());
            assertThat(applied.outcome()).isInstanceOf(accepted ? Outcome.Committed.class : Outcome.Refused.class);
        } else if (command instanceof Command.GrantLease) {
            assertThat(applied.outcome()).isEqualTo(new Outcome.LeaseGranted(model.grant()));
        } else if (command instanceof Command.RevokeLease revoke) {
            model.revoke(revoke.lease());
        } else if (command instanceof Command.Compact compact) {
            model.compacted = Math.max(model.compacted, compact.revision());
        }
    }

    private static void assertEvents(NaiveStore model, Applied applied) {
        if (applied.events().isEmpty()) {
            return;
        }
        TreeMap<ByteSequence, KeyValue> before = new TreeMap<>(model.states.get((int) applied.revision() - 1));
        for (WatchEvent event : applied.events()) {
            assertThat(event.kv().modRevision()).isEqualTo(applied.revision());
            assertThat(event.previous()).isEqualTo(before.get(event.kv().key()));
            if (event.type() == WatchEvent.Type.PUT) {
                before.put(event.kv().key(), event.kv());
            } else {
                before.remove(event.kv().key());
            }
        }
        assertThat(before).isEqualTo(model.now());
    }

    private static void assertRanges(Random random, Snapshot snapshot, NaiveStore model) {
        for (int i = 0; i < 20; i++) {
            KeyRange range = range(random);
            long revision = random.nextLong(model.revision() + 3);
            int limit = random.nextInt(4);
            Outcome outcome =
                    snapshot.range(RangeRequest.of(range).atRevision(revision).limitedTo(limit));
            if (revision > model.revision()) {
                assertThat(outcome).isEqualTo(new Outcome.FutureRevision(revision, model.revision()));
            } else if (revision > 0 && revision < model.compacted) {
                assertThat(outcome).isEqualTo(new Outcome.Compacted(model.compacted));
            } else {
                List<KeyValue> all = model.range(range, revision == 0 ? model.revision() : revision);
                List<KeyValue> some = limit == 0 ? all : all.subList(0, Math.min(limit, all.size()));
                assertThat(outcome)
                        .isEqualTo(new Outcome.Ranged(
                                new RangeResult(model.revision(), some, some.size() < all.size(), all.size())));
            }
        }
    }

    private static void assertChanges(Random random, Snapshot snapshot, List<WatchEvent> seen) {
        long after = snapshot.compactRevision() + random.nextInt(10);
        KeyRange range = range(random);
        List<WatchEvent> rebuilt = snapshot.changes(range, after, snapshot.revision()).stream()
                .flatMap(changes -> changes.events().stream())
                .map(KeySpacePropertyTest::withoutPrevious)
                .toList();
        List<WatchEvent> expected = seen.stream()
                .filter(event -> event.kv().modRevision() > after
                        && range.contains(event.kv().key()))
                .map(KeySpacePropertyTest::withoutPrevious)
                .toList();
        assertThat(rebuilt).isEqualTo(expected);
    }

    private static WatchEvent withoutPrevious(WatchEvent event) {
        return new WatchEvent(event.type(), event.kv(), null);
    }
}
