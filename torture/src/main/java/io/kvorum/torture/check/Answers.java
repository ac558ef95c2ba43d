package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares what a step was answered with what the state before it demands. */
final class Answers {
    private final KvState state;
    private final boolean revisions;

    /** @param revisions whether create and mod revisions count */
    Answers(KvState state, boolean revisions) {
        this.state = state;
        this.revisions = revisions;
    }

    /** What is wrong, as the rest of a sentence that begins with the call; null: nothing. */
    @Nullable
    String wrong(Call.Step step, Reply reply) {
        if (step instanceof Call.Put put && reply instanceof Reply.Put answer) {
            return put(put, answer);
        } else if (step instanceof Call.Delete delete && reply instanceof Reply.Delete answer) {
            return delete(delete, answer);
        } else if (step instanceof Call.Range range && reply instanceof Reply.Range answer) {
            return range(range, answer);
        }
        return "was answered by something else";
    }

    private @Nullable String put(Call.Put put, Reply.Put reply) {
        @Nullable KeyValue before = state.get(put.key());
        if (put.prevKv() && !same(before, reply.previous())) {
            return "replaced " + shown(before) + ", but is said to have replaced " + shown(reply.previous());
        }
        return null;
    }

    private @Nullable String delete(Call.Delete delete, Reply.Delete reply) {
        int there = state.count(delete.keys());
        if (reply.deleted() != there) {
            return "is said to have deleted " + reply.deleted() + " keys where there were " + there;
        }
        return delete.prevKv() ? listed("deleted", delete, reply.previous(), there) : null;
    }

    private @Nullable String range(Call.Range range, Reply.Range reply) {
        int there = state.count(range.keys());
        if (reply.count() != there) {
            return "counts " + reply.count() + " keys where there were " + there;
        }
        if (range.countOnly()) {
            return null;
        }
        long shown = range.limit() == 0 ? there : Math.min(range.limit(), there);
        if (reply.more() != shown < there) {
            return "says " + (reply.more() ? "that there are more keys" : "nothing of more keys") + ", showing " + shown
                    + " of " + there;
        }
        return listed("shows", range, reply.kvs(), shown);
    }

    private @Nullable String listed(String verb, Call.Step step, List<KeyValue> told, long wanted) {
        if (told.size() != wanted) {
            return verb + " " + told.size() + " keys instead of " + wanted;
        }
        var keys = step instanceof Call.Range range ? range.keys() : ((Call.Delete) step).keys();
        if (keys.single()) {
            return wanted == 0 ? null : kv(verb, state.get(keys.key()), told.get(0));
        }
        Iterator<KeyValue> expected = state.in(keys).values().iterator();
        for (KeyValue kv : told) {
            @Nullable String wrong = kv(verb, expected.next(), kv);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private @Nullable String kv(String verb, @Nullable KeyValue expected, KeyValue told) {
        return same(expected, told) ? null : verb + " " + told + ", which was " + shown(expected);
    }

    private boolean same(@Nullable KeyValue expected, @Nullable KeyValue told) {
        if (expected == null || told == null || revisions) {
            return Objects.equals(expected, told);
        }
        return expected.key().equals(told.key())
                && expected.value().equals(told.value())
                && expected.version() == told.version()
                && expected.lease() == told.lease();
    }

    private static String shown(@Nullable KeyValue kv) {
        return kv == null ? "nothing" : kv.toString();
    }
}
