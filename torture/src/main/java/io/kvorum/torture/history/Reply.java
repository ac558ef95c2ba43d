package io.kvorum.torture.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call's full answer. */
public sealed interface Reply extends Fate {
    /** The header's revision; 0 in the parts of a transaction, which have no header of their own. */
    long revision();

    /** @param previous null when it was not asked for or the key was not there */
    record Put(long revision, @Nullable KeyValue previous) implements Reply {
        @Override
        public String toString() {
            return at(revision) + "ok" + (previous == null ? "" : ", was " + previous);
        }
    }

    /** @param previous empty when it was not asked for */
    record Delete(long revision, long deleted, List<KeyValue> previous) implements Reply {
        public Delete {
            previous = List.copyOf(previous);
        }

        @Override
        public String toString() {
            return at(revision) + deleted + " deleted" + (previous.isEmpty() ? "" : ", were " + previous);
        }
    }

    /** @param count of all keys in the range, however many of them {@code kvs} shows */
    record Range(long revision, List<KeyValue> kvs, long count, boolean more) implements Reply {
        public Range {
            kvs = List.copyOf(kvs);
        }

        @Override
        public String toString() {
            return at(revision)
                    + (kvs.size() == 1 ? kvs.get(0).toString() : kvs.toString())
                    + (count == kvs.size() ? "" : " of " + count);
        }
    }

    /** @param replies one to each step of the list that was taken, their own revisions 0 */
    record Txn(long revision, boolean succeeded, List<Reply> replies) implements Reply {
        public Txn {
            replies = List.copyOf(replies);
        }

        @Override
        public String toString() {
            return at(revision)
                    + (succeeded ? "succeeded" : "not succeeded")
                    + (replies.isEmpty() ? "" : " " + replies);
        }
    }

    record Compact(long revision) implements Reply {
        @Override
        public String toString() {
            return at(revision) + "ok";
        }
    }

    record LeaseGrant(long revision, long ttlSeconds) implements Reply {
        @Override
        public String toString() {
            return at(revision) + "for " + ttlSeconds + "s";
        }
    }

    /** @param ttlSeconds 0 or less when the lease is gone */
    record LeaseKeepAlive(long revision, long ttlSeconds) implements Reply {
        @Override
        public String toString() {
            return at(revision) + (ttlSeconds > 0 ? "for " + ttlSeconds + "s" : "gone");
        }
    }

    record LeaseRevoke(long revision) implements Reply {
        @Override
        public String toString() {
            return at(revision) + "ok";
        }
    }

    /**
     * @param ttlSeconds that are left; negative when the lease is gone
     * @param keys empty when they were not asked for
     */
    record LeaseTimeToLive(long revision, long ttlSeconds, long grantedSeconds, List<String> keys) implements Reply {
        public LeaseTimeToLive {
            keys = List.copyOf(keys);
        }

        @Override
        public String toString() {
            return at(revision) + (ttlSeconds >= 0 ? ttlSeconds + "s left" : "gone");
        }
    }

    private static String at(long revision) {
        return revision == 0 ? "" : "@" + revision + " ";
    }
}
