package io.kvorum.apiserver.admission;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.BiFunction;

/** Runs plugins one after another; the first refusal ends it. */
public final class AdmissionChain {
    private final List<Admission> plugins;
    private final List<Admission> ofActions;

    public AdmissionChain(List<Admission> plugins) {
        this.plugins = List.copyOf(plugins);
        this.ofActions = plugins.stream().filter(Admission::seesActions).toList();
    }

    /** Both steps, for what stores nothing of its own. */
    public Future<Void> act(Admission.Attempt attempt) {
        return mutate(attempt).compose(mutated -> validate(attempt));
    }

    /** Once, and all of them again when one of those who may cause that has changed the object. */
    public Future<Void> mutate(Admission.Attempt attempt) {
        Future<Void> first = run(concerned(attempt), attempt, Admission::mutate, 0);
        return first.succeeded() ? again(attempt) : first.compose(done -> again(attempt));
    }

    private Future<Void> again(Admission.Attempt attempt) {
        return attempt.passage().goesRoundAgain()
                ? run(concerned(attempt), attempt, Admission::mutate, 0)
                : Future.succeededFuture();
    }

    public Future<Void> validate(Admission.Attempt attempt) {
        return run(concerned(attempt), attempt, Admission::validate, 0);
    }

    private List<Admission> concerned(Admission.Attempt attempt) {
        return attempt.isAction() ? ofActions : plugins;
    }

    private static Future<Void> run(
            List<Admission> plugins,
            Admission.Attempt attempt,
            BiFunction<Admission, Admission.Attempt, Future<Void>> step,
            int from) {
        for (int i = from; i < plugins.size(); i++) {
            Future<Void> done = step.apply(plugins.get(i), attempt);
            if (!done.succeeded()) {
                int next = i + 1;
                return done.compose(ignored -> run(plugins, attempt, step, next));
            }
        }
        return Future.succeededFuture();
    }
}
