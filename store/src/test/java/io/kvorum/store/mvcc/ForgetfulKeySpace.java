package io.kvorum.store.mvcc;

import org.jspecify.annotations.Nullable;

/** Knows no request again, so that one that is repeated is carried out again. */
public final class ForgetfulKeySpace extends KeySpace {
    public ForgetfulKeySpace(Snapshot from) {
        super(from);
    }

    @Override
    @Nullable
    Outcome remembered(RequestId id) {
        return null;
    }
}
