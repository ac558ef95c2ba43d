package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Conditions as they are meant to be, before it is known since when they hold. */
final class Conditions {
    private Conditions() {}

    static Condition condition(String type, boolean status, String reason, String message, @Nullable Long generation) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status ? Names.TRUE : Names.FALSE)
                .withReason(reason)
                .withMessage(message)
                .withObservedGeneration(generation == null ? 0 : generation)
                .build();
    }

    /** {@code wanted} with the times of transition: what has the same status as before keeps its own, the rest get {@code now}. */
    static List<Condition> timed(List<Condition> wanted, @Nullable List<Condition> before, String now) {
        List<Condition> timed = new ArrayList<>();
        for (Condition condition : wanted) {
            @Nullable String since = null;
            for (Condition old : before == null ? List.<Condition>of() : before) {
                if (old.getType().equals(condition.getType())
                        && Objects.equals(old.getStatus(), condition.getStatus())) {
                    since = old.getLastTransitionTime();
                }
            }
            timed.add(new ConditionBuilder(condition)
                    .withLastTransitionTime(since == null ? now : since)
                    .build());
        }
        return timed;
    }
}
