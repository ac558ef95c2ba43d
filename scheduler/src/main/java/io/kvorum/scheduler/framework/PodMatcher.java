package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.kvorum.client.LabelSelectors;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects pods by namespace and labels. Compared by value, with its hash computed once, so that nodes can remember how
 * many of their pods it selects: pods of one workload ask for the same again and again.
 */
public final class PodMatcher {
    /**
     * One condition.
     *
     * @param namespaces those selected; null selects all
     * @param selector null selects nothing
     */
    public record Clause(
            @Nullable Set<String> namespaces, @Nullable LabelSelector selector) {
        boolean matches(PodInfo pod) {
            return (namespaces == null || namespaces.contains(pod.key().namespace()))
                    && LabelSelectors.matches(selector, pod.labels());
        }
    }

    private final List<Clause> clauses;
    private final boolean terminatingToo;
    private final int hash;

    private PodMatcher(List<Clause> clauses, boolean terminatingToo) {
        this.clauses = List.copyOf(clauses);
        this.terminatingToo = terminatingToo;
        this.hash = this.clauses.hashCode();
    }

    /** Pods that satisfy every clause, those that are being deleted included. */
    public static PodMatcher all(List<Clause> clauses) {
        return new PodMatcher(clauses, true);
    }

    /** Pods of one namespace that satisfy every selector and are not being deleted. */
    public static PodMatcher living(String namespace, List<LabelSelector> selectors) {
        Set<String> namespaces = Set.of(namespace);
        return new PodMatcher(
                selectors.stream()
                        .map(selector -> new Clause(namespaces, selector))
                        .toList(),
                false);
    }

    public boolean matches(PodInfo pod) {
        if (!terminatingToo && pod.terminating()) {
            return false;
        }
        for (Clause clause : clauses) {
            if (!clause.matches(pod)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof PodMatcher that
                        && hash == that.hash
                        && terminatingToo == that.terminatingToo
                        && clauses.equals(that.clauses));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
