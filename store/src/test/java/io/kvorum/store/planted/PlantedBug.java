package io.kvorum.store.planted;

import io.kvorum.store.client.KeyRange;
import io.kvorum.store.mvcc.ForgetfulKeySpace;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.server.MemberStore;
import io.kvorum.store.server.StoreEndpoint;
import io.kvorum.store.watch.WatchHub;
import io.kvorum.store.watch.WatchSink;
import io.kvorum.torture.check.Kind;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A bug, planted in one part of the store; all its other parts are the real ones. */
enum PlantedBug {
    /** A linearizable read is served from the member's own state, without asking the leader. */
    STALE_READ(Faults.NETWORK, Kind.STALE_READ) {
        @Override
        SoundParts parts(long seed) {
            return new SoundParts(seed) {
                @Override
                public MemberStore store(Vertx vertx, Replica own, StoreEndpoint endpoint, WatchHub hub) {
                    return new StaleStore(vertx, own, endpoint, hub);
                }
            };
        }
    },
    /** The watches at one member miss some revisions. */
    LOST_EVENT(Faults.NETWORK, Kind.WATCH_LOST) {
        @Override
        SoundParts parts(long seed) {
            return watching(seed, LosingSink::new);
        }
    },
    /** A write whose answer was lost is repeated and carried out again: that it was done has been forgotten. */
    DOUBLE_APPLY(Faults.NETWORK, Kind.APPLIED_TWICE) {
        @Override
        SoundParts parts(long seed) {
            return new SoundParts(seed) {
                @Override
                public KeySpace keySpace(Snapshot from) {
                    return new ForgetfulKeySpace(from);
                }
            };
        }
    },
    /** Disks say that they have what they do not have, and members crash. */
    LOST_WRITE(Faults.CRASHES, Kind.REVISION_TWICE, Kind.LOST_WRITE) {
        @Override
        SoundParts parts(long seed) {
            return new SoundParts(seed) {
                @Override
                CachedDisk newDisk() {
                    return new CachedDisk(true);
                }
            };
        }
    },
    /** The watches at one member get some revisions after the next. */
    REORDERED_WATCH(Faults.NETWORK, Kind.WATCH_UNORDERED) {
        @Override
        SoundParts parts(long seed) {
            return watching(seed, SwappingSink::new);
        }
    };

    private final Faults faults;
    private final Set<Kind> signs;

    /** @param signs any of which tells the bug */
    PlantedBug(Faults faults, Kind... signs) {
        this.faults = faults;
        this.signs = Set.of(signs);
    }

    /** What brings it out. */
    Faults faults() {
        return faults;
    }

    Set<Kind> signs() {
        return signs;
    }

    /** The store with the bug. */
    abstract SoundParts parts(long seed);

    private static SoundParts watching(long seed, UnaryOperator<WatchSink> through) {
        return new SoundParts(seed) {
            @Override
            public WatchHub hub(String member, Vertx vertx, Supplier<Snapshot> newest) {
                return member.equals("store-0")
                        ? new WatchHub(vertx, newest, 100, 1 << 20) {
                            @Override
                            public Watch open(KeyRange range, long start, boolean previous, WatchSink sink) {
                                return super.open(range, start, previous, through.apply(sink));
                            }
                        }
                        : super.hub(member, vertx, newest);
            }
        };
    }

    private static final class StaleStore extends MemberStore {
        StaleStore(Vertx vertx, Replica own, StoreEndpoint endpoint, WatchHub hub) {
            super(vertx, own, endpoint, hub);
        }

        @Override
        public CompletableFuture<Snapshot> current() {
            return CompletableFuture.completedFuture(newest());
        }
    }
}
