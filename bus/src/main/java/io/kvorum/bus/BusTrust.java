package io.kvorum.bus;

import io.vertx.core.buffer.Buffer;

/** How processes on the bus prove to each other who they are. */
public interface BusTrust {
    /** What a request to {@code receiver} carries to show that it is from {@code sender}; a constant for some time. */
    Buffer proof(String sender, String receiver);

    /**
     * Whether a proof is right.
     *
     * @param sender node id the request names
     * @param receiver the instance asked, {@code role/name}
     */
    boolean verify(String sender, String receiver, Buffer proof);

    /** Believes everybody: for tests, and for processes that only ask. */
    BusTrust NONE = new BusTrust() {
        @Override
        public Buffer proof(String sender, String receiver) {
            return Buffer.buffer();
        }

        @Override
        public boolean verify(String sender, String receiver, Buffer proof) {
            return true;
        }
    };
}
