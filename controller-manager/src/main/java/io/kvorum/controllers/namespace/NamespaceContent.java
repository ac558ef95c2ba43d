package io.kvorum.controllers.namespace;

import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one pass over a namespace found.
 *
 * @param remaining {@code resource.group} to how many objects are still there
 * @param finalizers finalizer to how many of them it holds back
 * @param discoveryFailures group version to what went wrong
 * @param deletionFailures what went wrong deleting, one text a resource
 */
record NamespaceContent(
        Map<String, Integer> remaining,
        Map<String, Integer> finalizers,
        Map<String, Throwable> discoveryFailures,
        List<String> deletionFailures) {
    boolean gone() {
        return remaining.isEmpty() && discoveryFailures.isEmpty() && deletionFailures.isEmpty();
    }

    /** The conditions of the namespace after this pass; a condition of good news is only written over bad news. */
    List<NamespaceCondition> conditions(List<NamespaceCondition> before, Instant now) {
        List<NamespaceCondition> next = new ArrayList<>(before);
        set(
                next,
                now,
                "NamespaceDeletionDiscoveryFailure",
                discoveryFailures.isEmpty()
                        ? null
                        : "Discovery failed for some groups, " + discoveryFailures.size() + " failing: "
                                + text(discoveryFailures),
                "DiscoveryFailed",
                "ResourcesDiscovered",
                "All resources successfully discovered");
        set(
                next,
                now,
                "NamespaceDeletionGroupVersionParsingFailure",
                null,
                "GroupVersionParsingFailed",
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed");
        set(
                next,
                now,
                "NamespaceDeletionContentFailure",
                deletionFailures.isEmpty()
                        ? null
                        : "Failed to delete all resource types, " + deletionFailures.size() + " remaining: "
                                + String.join(", ", deletionFailures),
                "ContentDeletionFailed",
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization");
        set(
                next,
                now,
                "NamespaceContentRemaining",
                remaining.isEmpty() ? null : "Some resources are remaining: " + count(remaining, " has "),
                "SomeResourcesRemain",
                "ContentRemoved",
                "All content successfully removed");
        set(
                next,
                now,
                "NamespaceFinalizersRemaining",
                finalizers.isEmpty()
                        ? null
                        : "Some content in the namespace has finalizers remaining: " + count(finalizers, " in "),
                "SomeFinalizersRemain",
                "ContentHasNoFinalizers",
                "All content-preserving finalizers finished");
        return next;
    }

    private static String text(Map<String, Throwable> failures) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(failures)
                .forEach((key, cause) -> text.append(text.length() == 0 ? "" : ", ")
                        .append(key)
                        .append(": ")
                        .append(cause.getMessage()));
        return text.toString();
    }

    private static String count(Map<String, Integer> numbers, String between) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(numbers)
                .forEach((key, number) -> text.append(text.length() == 0 ? "" : ", ")
                        .append(key)
                        .append(between)
                        .append(number)
                        .append(" resource instances"));
        return text.toString();
    }

    private static void set(
            List<NamespaceCondition> conditions,
            Instant now,
            String type,
            @Nullable String trouble,
            String troubleReason,
            String wellReason,
            String wellMessage) {
        NamespaceConditionBuilder condition = new NamespaceConditionBuilder()
                .withType(type)
                .withStatus(trouble == null ? "False" : "True")
                .withReason(trouble == null ? wellReason : troubleReason)
                .withMessage(trouble == null ? wellMessage : trouble)
                .withLastTransitionTime(Timestamps.format(now));
        for (int i = 0; i < conditions.size(); i++) {
            NamespaceCondition before = conditions.get(i);
            if (before.getType().equals(type)) {
                if (condition.getStatus().equals(before.getStatus())
                        && condition.getReason().equals(before.getReason())
                        && condition.getMessage().equals(before.getMessage())) {
                    return;
                }
                conditions.set(
                        i,
                        condition.getStatus().equals(before.getStatus())
                                ? condition
                                        .withLastTransitionTime(before.getLastTransitionTime())
                                        .build()
                                : condition.build());
                return;
            }
        }
        conditions.add(condition.build());
    }
}
