package io.kvorum.torture.history;

/** What became of a call, as far as its client knows: a {@link Reply}, {@link Failed} or {@link Unknown}. */
public sealed interface Fate permits Reply, Fate.Failed, Fate.Unknown {

    /** Certainly not done, now or later. */
    record Failed(Code code, String message) implements Fate {
        @Override
        public String toString() {
            return "failed: " + code + (message.isEmpty() ? "" : " (" + message + ")");
        }
    }

    /** Perhaps done, at any time after the invocation, perhaps never: a time-out, a lost connection. */
    record Unknown(String reason) implements Fate {
        @Override
        public String toString() {
            return "unknown: " + reason;
        }
    }

    /** Why a call was certainly not done. */
    enum Code {
        /** The revision asked for was compacted. */
        COMPACTED,
        /** The revision asked for has not been yet. */
        FUTURE_REVISION,
        /** The lease is not there (any more). */
        LEASE_NOT_FOUND,
        /** A lease of this id is there already. */
        LEASE_EXISTS,
        /** Anything else that says for certain that nothing was done: refused before it was proposed. */
        REFUSED
    }
}
