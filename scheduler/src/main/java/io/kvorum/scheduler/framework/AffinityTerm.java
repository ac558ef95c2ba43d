package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.kvorum.client.LabelSelectors;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A term of pod affinity or anti-affinity, as it applies to the pod that has it.
 *
 * @param namespaces named ones, or the pod's own when the term names none and selects none
 * @param namespaceSelector further namespaces, by their labels; null for none
 * @param selector the pods meant; null for none. {@code matchLabelKeys} and {@code mismatchLabelKeys} are part of it:
 *     the API server writes them in when the pod is created
 * @param topologyKey the node label whose values are the places
 * @param weight of a preferred term, 0 in a required one
 */
public record AffinityTerm(
        Set<String> namespaces,
        @Nullable LabelSelector namespaceSelector,
        @Nullable LabelSelector selector,
        String topologyKey,
        int weight) {

    static AffinityTerm of(String podNamespace, PodAffinityTerm term, int weight) {
        boolean ownNamespace = term.getNamespaces().isEmpty() && term.getNamespaceSelector() == null;
        return new AffinityTerm(
                ownNamespace ? Set.of(podNamespace) : Set.copyOf(term.getNamespaces()),
                term.getNamespaceSelector(),
                term.getLabelSelector(),
                term.getTopologyKey(),
                weight);
    }

    /** Whether {@code pod} is meant; {@code namespaceLabels} are those of its namespace. */
    public boolean matches(PodInfo pod, Map<String, String> namespaceLabels) {
        return (namespaces.contains(pod.key().namespace())
                        || LabelSelectors.matches(namespaceSelector, namespaceLabels))
                && LabelSelectors.matches(selector, pod.labels());
    }

    /** The pods meant, with the namespace selector turned into the namespaces it selects now. */
    public PodMatcher.Clause clause(ClusterView view) {
        if (namespaceSelector == null) {
            return new PodMatcher.Clause(namespaces, selector);
        }
        if (namespaceSelector.getMatchLabels() == null
                || namespaceSelector.getMatchLabels().isEmpty()) {
            if (namespaceSelector.getMatchExpressions().isEmpty()) {
                return new PodMatcher.Clause(null, selector);
            }
        }
        Set<String> all = view.namespaces(namespaceSelector);
        all.addAll(namespaces);
        return new PodMatcher.Clause(all, selector);
    }
}
