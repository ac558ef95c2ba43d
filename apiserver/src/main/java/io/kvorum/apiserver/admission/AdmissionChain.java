package io.kvorum.apiserver.admission;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.BiFunction;

/** Runs plugins one after another; the first refusal ends it. */
public final class AdmissionChain {
    private final List<Admission> plugins;

    public AdmissionChain(List<Admission> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    public Future<Void> mutate(Admission.Attempt attempt) {
        return run(attempt, Admission::mutate, 0);
    }

    public Future<Void> validate(Admission.Attempt attempt) {
        return run(attempt, Admission::validate, 0);
    }

    private Future<Void> run(
            Admission.Attempt attempt, BiFunction<Admission, Admission.Attempt, Future<Void>> step, int from) {
        for (int i = from; i < plugins.size(); i++) {
            Future<Void> done = step.apply(plugins.get(i), attempt);
            if (!done.succeeded()) {
                int next = i + 1;
                return done.compose(ignored -> run(attempt, step, next));
            }
        }
        return Future.succeededFuture();
    }
}
