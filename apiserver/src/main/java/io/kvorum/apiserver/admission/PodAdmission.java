package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;

/** A plugin that looks at new pods only. */
abstract class PodAdmission implements Admission {
    @Override
    public final Future<Void> mutate(Attempt attempt) {
        ObjectNode pod = attempt.object();
        boolean creation = attempt.operation() == Operation.CREATE
                && attempt.info().group().isEmpty()
                && attempt.info().resource().equals("pods")
                && attempt.subresource().isEmpty();
        return pod == null || !creation ? Future.succeededFuture() : mutatePod(attempt, pod);
    }

    abstract Future<Void> mutatePod(Attempt attempt, ObjectNode pod);
}
