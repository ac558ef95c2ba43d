package io.kvorum.testkit.collection;

import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.util.Locale;

/** One write in the history of its object, with what is known of its version. */
final class Step {
    private final Write write;
    private long version;

    /** While the version is not known: the change came after this one, */
    private long after;

    /** and not after this one. */
    private long until = Long.MAX_VALUE;

    /** The newest list that shows the state before; empty for none. */
    private String stillThere = "";

    Step(Write write, long after) {
        this.write = write;
        this.version = write.resourceVersion();
        this.after = after;
    }

    Write write() {
        return write;
    }

    boolean deletion() {
        return write.kind() == Kind.DELETE;
    }

    /** 0 when it is not known. */
    long version() {
        return version;
    }

    void version(long known) {
        version = known;
    }

    long after() {
        return after;
    }

    long until() {
        return until;
    }

    String stillThere() {
        return stillThere;
    }

    void before(long bound) {
        until = Math.min(until, bound);
    }

    /** A list at {@code at} shows the state before. */
    void notYet(long at, String who) {
        if (at > after) {
            after = at;
            stillThere = who;
        }
    }

    /** A change that certainly was made, though its version is not known. */
    boolean acknowledged() {
        return write.fate() == Fate.ACKNOWLEDGED;
    }

    @Override
    public String toString() {
        String what = write.kind().name().toLowerCase(Locale.ROOT) + " "
                + (deletion() ? write.key() : write.key() + "=" + write.id());
        String where = version > 0
                ? "at " + version
                : "after " + after + (until == Long.MAX_VALUE ? "" : ", not after " + until);
        return what + " " + where + " (" + write.fate().name().toLowerCase(Locale.ROOT) + ")";
    }
}
