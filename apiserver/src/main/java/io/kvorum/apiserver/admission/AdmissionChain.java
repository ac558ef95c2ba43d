package io.kvorum.apiserver.admission;

import io.vertx.core.Future;
import java.util.List;

/** Runs plugins one after another; the first refusal ends it. */
public final class AdmissionChain {
    private final Step mutating;
    private final Step validating;

    /**
     * A plugin.
     *
     * @param name as {@code --enable-admission-plugins} has it
     */
    public record Plugin(String name, Admission admission) {}

    public AdmissionChain(List<Plugin> plugins, AdmissionSteps steps) {
        mutating = new Step("admit", "mutate", Admission::mutate, plugins, steps);
        validating = new Step("validate", "validate", Admission::validate, plugins, steps);
    }

    /** Both steps, for what stores nothing of its own. */
    public Future<Void> act(Admission.Attempt attempt) {
        return mutate(attempt).compose(mutated -> validate(attempt));
    }

    /** Once, and all of them again when one of those who may cause that has changed the object. */
    public Future<Void> mutate(Admission.Attempt attempt) {
        Future<Void> first = mutating.run(attempt);
        return first.succeeded() ? again(attempt) : first.compose(done -> again(attempt));
    }

    private Future<Void> again(Admission.Attempt attempt) {
        return attempt.passage().goesRoundAgain() ? mutating.run(attempt) : Future.succeededFuture();
    }

    public Future<Void> validate(Admission.Attempt attempt) {
        return validating.run(attempt);
    }

    /** What a step has a plugin do. */
    private interface Task {
        Future<Void> run(Admission admission, Admission.Attempt attempt);
    }

    private record Timed(Admission admission, AdmissionSteps.Timing timing) {}

    /** One of the two steps, with the plugins that do something in it. */
    private static final class Step {
        private final Task task;
        private final AdmissionSteps.Timing timing;
        private final List<Timed> plugins;
        private final List<Timed> ofActions;

        /** @param method of a plugin */
        Step(String type, String method, Task task, List<Plugin> plugins, AdmissionSteps steps) {
            this.task = task;
            this.timing = steps.step(type);
            this.plugins = plugins.stream()
                    .filter(each -> has(each.admission(), method))
                    .map(each -> new Timed(each.admission(), steps.plugin(each.name(), type)))
                    .toList();
            this.ofActions = this.plugins.stream()
                    .filter(each -> each.admission.seesActions())
                    .toList();
        }

        private static boolean has(Admission admission, String method) {
            try {
                return !admission
                        .getClass()
                        .getMethod(method, Admission.Attempt.class)
                        .getDeclaringClass()
                        .equals(Admission.class);
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("every plugin has it", e);
            }
        }

        Future<Void> run(Admission.Attempt attempt) {
            long began = System.nanoTime();
            Future<Void> done = run(attempt.isAction() ? ofActions : plugins, attempt, 0, began);
            return done.onComplete(all -> timing.took(attempt.operation(), all.failed(), System.nanoTime() - began));
        }

        private Future<Void> run(List<Timed> those, Admission.Attempt attempt, int from, long began) {
            long before = began;
            for (int i = from; i < those.size(); i++) {
                Timed plugin = those.get(i);
                Future<Void> done = asked(plugin, attempt);
                if (!done.succeeded()) {
                    int next = i + 1;
                    long since = before;
                    return done.onComplete(one ->
                                    plugin.timing.took(attempt.operation(), one.failed(), System.nanoTime() - since))
                            .compose(passed -> run(those, attempt, next, System.nanoTime()));
                }
                long now = System.nanoTime();
                plugin.timing.took(attempt.operation(), false, now - before);
                before = now;
            }
            return Future.succeededFuture();
        }

        /** Plugins refuse by a failure or by an exception. */
        private Future<Void> asked(Timed plugin, Admission.Attempt attempt) {
            try {
                return task.run(plugin.admission, attempt);
            } catch (RuntimeException refusal) {
                return Future.failedFuture(refusal);
            }
        }
    }
}
