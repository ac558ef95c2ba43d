package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether tolerations tolerate taints. */
final class Tolerations {
    private Tolerations() {}

    static boolean tolerate(List<Toleration> tolerations, Taint taint) {
        return tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    /** An empty effect matches all effects; an empty key with {@code Exists} all taints. */
    private static boolean tolerates(Toleration toleration, Taint taint) {
        if (!empty(toleration.getEffect()) && !toleration.getEffect().equals(taint.getEffect())) {
            return false;
        }
        if (!empty(toleration.getKey()) && !toleration.getKey().equals(taint.getKey())) {
            return false;
        }
        String operator = empty(toleration.getOperator()) ? "Equal" : toleration.getOperator();
        return switch (operator) {
            case "Exists" -> true;
            case "Equal" ->
                !empty(toleration.getKey()) && text(toleration.getValue()).equals(text(taint.getValue()));
            default -> false;
        };
    }

    private static boolean empty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
