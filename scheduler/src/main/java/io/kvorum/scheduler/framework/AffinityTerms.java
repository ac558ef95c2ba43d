package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pod affinity and anti-affinity of a pod, computed once. */
public record AffinityTerms(
        List<AffinityTerm> required,
        List<AffinityTerm> preferred,
        List<AffinityTerm> requiredAnti,
        List<AffinityTerm> preferredAnti) {
    private static final AffinityTerms NONE = new AffinityTerms(List.of(), List.of(), List.of(), List.of());

    static AffinityTerms of(Pod pod) {
        @Nullable Affinity affinity = pod.getSpec().getAffinity();
        if (affinity == null || (affinity.getPodAffinity() == null && affinity.getPodAntiAffinity() == null)) {
            return NONE;
        }
        @Nullable String given = pod.getMetadata().getNamespace();
        String namespace = given == null ? "" : given;
        var near = affinity.getPodAffinity();
        var far = affinity.getPodAntiAffinity();
        return new AffinityTerms(
                near == null
                        ? List.of()
                        : required(namespace, near.getRequiredDuringSchedulingIgnoredDuringExecution()),
                near == null
                        ? List.of()
                        : preferred(namespace, near.getPreferredDuringSchedulingIgnoredDuringExecution()),
                far == null ? List.of() : required(namespace, far.getRequiredDuringSchedulingIgnoredDuringExecution()),
                far == null
                        ? List.of()
                        : preferred(namespace, far.getPreferredDuringSchedulingIgnoredDuringExecution()));
    }

    private static List<AffinityTerm> required(String namespace, List<PodAffinityTerm> terms) {
        return terms.stream().map(term -> AffinityTerm.of(namespace, term, 0)).toList();
    }

    private static List<AffinityTerm> preferred(String namespace, List<WeightedPodAffinityTerm> terms) {
        return terms.stream()
                .map(term -> AffinityTerm.of(namespace, term.getPodAffinityTerm(), term.getWeight()))
                .toList();
    }

    /** Whether there is none at all. */
    public boolean isEmpty() {
        return required.isEmpty() && preferred.isEmpty() && requiredAnti.isEmpty() && preferredAnti.isEmpty();
    }

    /** Whether the pod would rather be, or not be, near others. */
    public boolean prefers() {
        return !preferred.isEmpty() || !preferredAnti.isEmpty();
    }
}
