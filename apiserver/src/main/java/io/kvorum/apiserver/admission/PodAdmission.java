package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;

/** A plugin that looks at new pods, and at changed ones if it says so. */
abstract class PodAdmission implements Admission {
    @Override
    public final Future<Void> mutate(Attempt attempt) {
        ObjectNode pod = attempt.object();
        boolean whole = attempt.info().group().isEmpty()
                && attempt.info().resource().equals("pods")
                && attempt.subresource().isEmpty();
        if (pod == null || !whole) {
            return Future.succeededFuture();
        }
        ObjectNode old = attempt.old();
        if (attempt.operation() == Operation.UPDATE && old != null) {
            updatePod(old, pod);
            return Future.succeededFuture();
        }
        return attempt.operation() == Operation.CREATE ? mutatePod(attempt, pod) : Future.succeededFuture();
    }

    /** Completes a pod that is changed; does nothing unless overridden. */
    void updatePod(ObjectNode old, ObjectNode pod) {}

    abstract Future<Void> mutatePod(Attempt attempt, ObjectNode pod);
}
