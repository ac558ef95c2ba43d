package io.kvorum.torture.load;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.Compare.Relation;
import io.kvorum.torture.history.KeyRange;
import java.util.List;
import java.util.random.RandomGenerator;

/** What a client asks for. The same seed and the same answers give the same calls. */
public enum Profile {
    /** Many small operations on few keys. */
    TRAFFIC {
        @Override
        Call next(Knowledge known, RandomGenerator random) {
            String key = "t/" + random.nextInt(8);
            int dice = random.nextInt(100);
            if (dice < 35) {
                return new Call.Put(key, known.value(0), 0, random.nextBoolean());
            } else if (dice < 45) {
                return new Call.Delete(KeyRange.key(key), true);
            } else if (dice < 65) {
                return get(KeyRange.key(key), false);
            } else if (dice < 75) {
                return get(KeyRange.prefix("t/"), random.nextBoolean());
            } else if (dice < 82) {
                return get(KeyRange.key(key), true);
            } else if (dice < 92) {
                return new Call.Txn(
                        List.of(Compare.mod(key, Relation.EQUAL, known.modRevision(key))),
                        List.of(new Call.Put(key, known.value(0), 0, true)),
                        List.of(get(KeyRange.key(key), false)));
            }
            String other = "t/" + (8 + random.nextInt(4));
            return new Call.Txn(
                    List.of(Compare.version(other, Relation.LESS, 1 + random.nextInt(20))),
                    List.of(
                            new Call.Put(other, known.value(0), 0, false),
                            new Call.Put(key, known.value(0), 0, true),
                            get(KeyRange.prefix("t/"), false)),
                    List.of(new Call.Delete(KeyRange.key(other), true)));
        }
    },

    /** As an API server asks: create, update and delete by compare-and-swap, lists in pieces, leases with keys. */
    KUBERNETES {
        @Override
        Call next(Knowledge known, RandomGenerator random) {
            String key = "r/pods/" + (100 + random.nextInt(30));
            KeyRange one = KeyRange.key(key);
            int dice = random.nextInt(100);
            if (dice < 25) {
                return new Call.Txn(
                        List.of(Compare.mod(key, Relation.EQUAL, 0)),
                        List.of(new Call.Put(key, known.value(300), 0, false)),
                        List.of(get(one, false)));
            } else if (dice < 50) {
                return new Call.Txn(
                        List.of(Compare.mod(key, Relation.EQUAL, known.modRevision(key))),
                        List.of(new Call.Put(key, known.value(300), 0, false)),
                        List.of(get(one, false)));
            } else if (dice < 60) {
                return new Call.Txn(
                        List.of(Compare.mod(key, Relation.EQUAL, known.modRevision(key))),
                        List.of(new Call.Delete(one, true)),
                        List.of(get(one, false)));
            } else if (dice < 70) {
                return new Call.Range(KeyRange.prefix("r/pods/"), 0, false, 10, false);
            } else if (dice < 75) {
                String from = "r/pods/" + (100 + random.nextInt(30));
                long at = known.revision() - random.nextInt(20);
                return new Call.Range(new KeyRange(from, "r/pods0"), Math.max(2, at), false, 10, false);
            } else if (dice < 78) {
                return new Call.Range(KeyRange.prefix("r/pods/"), 0, random.nextBoolean(), 0, true);
            }
            return known.leaseCall(random);
        }
    },

    /** Values of up to half a megabyte. */
    LARGE {
        @Override
        Call next(Knowledge known, RandomGenerator random) {
            String key = "l/" + random.nextInt(5);
            int dice = random.nextInt(100);
            if (dice < 50) {
                return new Call.Put(key, known.value(1 << (10 + random.nextInt(10))), 0, random.nextInt(4) == 0);
            } else if (dice < 80) {
                return get(KeyRange.key(key), random.nextInt(4) == 0);
            } else if (dice < 90) {
                return get(KeyRange.prefix("l/"), false);
            }
            return new Call.Delete(KeyRange.key(key), false);
        }
    },

    /** Deletions of ranges, reads of the past, compaction and reads of what it took away. */
    COMPACTION {
        @Override
        Call next(Knowledge known, RandomGenerator random) {
            long gone = known.justCompacted() - 1;
            if (gone > 1) {
                return new Call.Range(KeyRange.prefix("d/"), gone, false, 0, false);
            }
            String key = "d/" + random.nextInt(3) + "/" + random.nextInt(6);
            int dice = random.nextInt(100);
            if (dice < 45) {
                return new Call.Put(key, known.value(0), 0, false);
            } else if (dice < 55) {
                return new Call.Delete(KeyRange.prefix(key.substring(0, 4)), random.nextBoolean());
            } else if (dice < 75) {
                return get(KeyRange.prefix("d/"), false);
            } else if (dice < 95) {
                long at = Math.max(2, known.revision() - random.nextInt(200));
                return new Call.Range(KeyRange.prefix("d/"), at, random.nextBoolean(), 0, false);
            } else if (dice < 98) {
                return new Call.Compact(Math.max(1, known.revision() - 50 - random.nextInt(200)));
            }
            return new Call.Range(KeyRange.all(), 0, false, 0, true);
        }
    };

    /** The next call of a client that knows this. */
    abstract Call next(Knowledge known, RandomGenerator random);

    private static Call.Range get(KeyRange keys, boolean serializable) {
        return new Call.Range(keys, 0, serializable, 0, false);
    }
}
