package io.kvorum.apiserver.audit;

import io.vertx.core.Future;

/** Where audit events go. */
public interface AuditLog {
    /** Takes an event; never blocks. */
    void record(AuditEvent event);

    /** How many events it could not keep; asked by any thread. */
    default long lost() {
        return 0;
    }

    /** Completes when what was taken is written. */
    Future<Void> close();

    /** Keeps nothing. */
    AuditLog NONE = new AuditLog() {
        @Override
        public void record(AuditEvent event) {
            // Nobody wants to know.
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    };
}
