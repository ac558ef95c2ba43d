package io.kvorum.store.mvcc;

import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.TxnResult;
import org.jspecify.annotations.Nullable;

/** The answer to a command or a read: a value, also when it was refused. */
public sealed interface Outcome {
    /** The failure as the client sees it, null when the outcome is a success. */
    default @Nullable StoreException failure() {
        return null;
    }

    /** The transaction was carried out. */
    record Committed(TxnResult result) implements Outcome {}

    /** The read was served. */
    record Ranged(RangeResult result) implements Outcome {}

    /** The lease was granted. */
    record LeaseGranted(long lease) implements Outcome {}

    /** Whoever applies this compares its content at the revision. */
    record ContentCheck(long revision, String hash) implements Outcome {}

    /** Done, and there is nothing to tell. */
    record Done() implements Outcome {}

    /** Not done, and repeating it will not help. */
    record Refused(Refusal reason, String message) implements Outcome {
        @Override
        public StoreException failure() {
            return new StoreException.Refused(reason, message);
        }
    }

    /** The revision has been compacted away. */
    record Compacted(long compactRevision) implements Outcome {
        @Override
        public StoreException failure() {
            return new StoreException.Compacted(compactRevision);
        }
    }

    /** The revision has not been written yet. */
    record FutureRevision(long asked, long current) implements Outcome {
        @Override
        public StoreException failure() {
            return new StoreException.FutureRevision(asked, current);
        }
    }

    /** A repeated request whose first answer is no longer remembered. */
    record Forgotten() implements Outcome {
        @Override
        public StoreException failure() {
            return new StoreException.Indeterminate("the answer to the first attempt is no longer remembered");
        }
    }
}
