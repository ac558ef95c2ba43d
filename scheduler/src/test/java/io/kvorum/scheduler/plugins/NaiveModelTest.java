package io.kvorum.scheduler.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectKey;
import io.kvorum.scheduler.Objects;
import io.kvorum.scheduler.Specs;
import io.kvorum.scheduler.TestView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PodMatcher;
import io.kvorum.scheduler.framework.PreFilterPlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The filters that count beforehand, against models that look at every pod for every node and remember nothing: random
 * clusters that change pod by pod, with the node's remembered counts and the cycle's state following each change.
 */
class NaiveModelTest {
    private static final List<String> APPS = List.of("x", "y", "z");
    private static final List<String> KEYS = List.of("zone", "rack", "kubernetes.io/hostname");

    private final Map<String, Map<String, String>> namespaces =
            Map.of("ns", Map.of("team", "red"), "other", Map.of("team", "blue"));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void precomputedVerdictsAreThoseOfTheModel(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TestView view = new TestView(nodes(random));
        view.namespaces.putAll(namespaces);
        int id = 0;
        int rejections = 0;
        for (int step = 0; step < 60; step++) {
            NodeInfo changed = view.nodes().get(random.nextInt(view.nodes().size()));
            if (random.nextInt(4) == 0 && !changed.pods().isEmpty()) {
                changed.remove(changed.pods().iterator().next().key());
            } else {
                changed.add(PodInfo.of(pod(random, "p" + id++)));
            }
            PodInfo incoming = PodInfo.of(pod(random, "incoming"));
            rejections += compare(new InterPodAffinity(), incoming, view, random, seed, step);
            rejections += compare(new PodTopologySpread(), incoming, view, random, seed, step);
        }
        assertThat(rejections).as("the comparison is about something").isGreaterThan(100);
    }

    private <P extends PreFilterPlugin & FilterPlugin> int compare(
            P plugin, PodInfo incoming, TestView view, SplittableRandom random, long seed, int step) {
        CycleState state = new CycleState();
        boolean skips = plugin.preFilter(state, incoming, view).status().skip();
        int rejections = check(plugin, state, skips, incoming, view, seed, step);
        if (!skips) {
            // A dry run: pods leave and come, the state follows, and in the end all is as it was.
            NodeInfo node = view.nodes().get(random.nextInt(view.nodes().size()));
            List<PodInfo> pods = new ArrayList<>(node.pods());
            for (PodInfo pod : pods) {
                node.remove(pod.key());
                plugin.podRemoved(state, incoming, pod, node);
                rejections += check(plugin, state, false, incoming, view, seed, step);
            }
            for (PodInfo pod : pods) {
                node.add(pod);
                plugin.podAdded(state, incoming, pod, node);
            }
            rejections += check(plugin, state, false, incoming, view, seed, step);
        }
        return rejections;
    }

    private int check(
            FilterPlugin plugin,
            CycleState state,
            boolean skips,
            PodInfo incoming,
            TestView view,
            long seed,
            int step) {
        int rejections = 0;
        for (NodeInfo node : view.nodes()) {
            Status actual = skips ? Status.SUCCESS : plugin.filter(state, incoming, node);
            Status expected = plugin instanceof InterPodAffinity
                    ? affinity(incoming.pod(), node, view)
                    : spread(incoming.pod(), node, view);
            assertThat(actual)
                    .as("%s, seed %d, step %d, node %s", plugin.name(), seed, step, node.name())
                    .isEqualTo(expected);
            rejections += actual.success() ? 0 : 1;
        }
        return rejections;
    }

    // The model: as the documentation says it.

    private Status affinity(Pod pod, NodeInfo node, TestView view) {
        List<PodAffinityTerm> near = near(pod);
        boolean somebody = false;
        boolean allNear = true;
        for (PodAffinityTerm term : near) {
            if (!node.labels().containsKey(term.getTopologyKey())) {
                return InterPodAffinity.NOT_NEAR;
            }
            boolean found = false;
            for (NodeInfo other : view.nodes()) {
                for (PodInfo candidate : other.pods()) {
                    if (near.stream().allMatch(each -> means(each, pod, candidate.pod()))) {
                        // A pod on a node that has none of the keys is nowhere.
                        somebody |=
                                near.stream().anyMatch(each -> other.labels().containsKey(each.getTopologyKey()));
                        found |= same(term, node, other);
                    }
                }
            }
            allNear &= found;
        }
        boolean first = !somebody && near.stream().allMatch(term -> means(term, pod, pod));
        if (!allNear && !first) {
            return InterPodAffinity.NOT_NEAR;
        }
        for (NodeInfo other : view.nodes()) {
            for (PodInfo candidate : other.pods()) {
                for (PodAffinityTerm term : far(pod)) {
                    if (same(term, node, other) && means(term, pod, candidate.pod())) {
                        return InterPodAffinity.TOO_NEAR;
                    }
                }
            }
        }
        for (NodeInfo other : view.nodes()) {
            for (PodInfo candidate : other.pods()) {
                for (PodAffinityTerm term : far(candidate.pod())) {
                    if (same(term, node, other) && means(term, candidate.pod(), pod)) {
                        return InterPodAffinity.REPELLED;
                    }
                }
            }
        }
        return Status.SUCCESS;
    }

    private static boolean same(PodAffinityTerm term, NodeInfo one, NodeInfo other) {
        String value = one.labels().get(term.getTopologyKey());
        return value != null && value.equals(other.labels().get(term.getTopologyKey()));
    }

    private boolean means(PodAffinityTerm term, Pod owner, Pod pod) {
        String namespace = pod.getMetadata().getNamespace();
        boolean own = term.getNamespaces().isEmpty() && term.getNamespaceSelector() == null;
        boolean inNamespace = own
                ? namespace.equals(owner.getMetadata().getNamespace())
                : term.getNamespaces().contains(namespace)
                        || LabelSelectors.matches(
                                term.getNamespaceSelector(), namespaces.getOrDefault(namespace, Map.of()));
        return inNamespace
                && LabelSelectors.matches(
                        term.getLabelSelector(), pod.getMetadata().getLabels());
    }

    private static List<PodAffinityTerm> near(Pod pod) {
        var affinity = pod.getSpec().getAffinity();
        return affinity == null || affinity.getPodAffinity() == null
                ? List.of()
                : affinity.getPodAffinity().getRequiredDuringSchedulingIgnoredDuringExecution();
    }

    private static List<PodAffinityTerm> far(Pod pod) {
        var affinity = pod.getSpec().getAffinity();
        return affinity == null || affinity.getPodAntiAffinity() == null
                ? List.of()
                : affinity.getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution();
    }

    private static Status spread(Pod pod, NodeInfo node, TestView view) {
        List<TopologySpreadConstraint> constraints = pod.getSpec().getTopologySpreadConstraints();
        for (TopologySpreadConstraint constraint : constraints) {
            String place = node.labels().get(constraint.getTopologyKey());
            if (place == null) {
                return PodTopologySpread.NO_PLACE;
            }
            Map<String, Integer> counts = new HashMap<>();
            for (NodeInfo other : view.nodes()) {
                if (constraints.stream().allMatch(each -> other.labels().containsKey(each.getTopologyKey()))) {
                    int matching = 0;
                    for (PodInfo candidate : other.pods()) {
                        if (candidate.key().namespace().equals(pod.getMetadata().getNamespace())
                                && LabelSelectors.matches(constraint.getLabelSelector(), candidate.labels())) {
                            matching++;
                        }
                    }
                    counts.merge(other.labels().get(constraint.getTopologyKey()), matching, Integer::sum);
                }
            }
            int self = LabelSelectors.matches(
                            constraint.getLabelSelector(), pod.getMetadata().getLabels())
                    ? 1
                    : 0;
            int domains = constraint.getMinDomains() == null ? 1 : constraint.getMinDomains();
            int fewest = counts.size() < domains
                    ? 0
                    : counts.values().stream().mapToInt(count -> count).min().orElse(0);
            if (counts.getOrDefault(place, 0) + self - fewest > constraint.getMaxSkew()) {
                return PodTopologySpread.SKEWED;
            }
        }
        return Status.SUCCESS;
    }

    // Random clusters.

    private static List<NodeInfo> nodes(SplittableRandom random) {
        List<NodeInfo> nodes = new ArrayList<>();
        int count = 3 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            var node = Objects.node("n" + i).editMetadata();
            if (random.nextInt(6) > 0) {
                node.addToLabels("zone", "z" + random.nextInt(3));
            }
            if (random.nextInt(6) > 0) {
                node.addToLabels("rack", "r" + random.nextInt(4));
            }
            nodes.add(Objects.info(node.endMetadata().build()));
        }
        return nodes;
    }

    private static String any(SplittableRandom random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static Pod pod(SplittableRandom random, String name) {
        PodBuilder pod = Specs.labelled(name, "app", any(random, APPS))
                .editMetadata()
                .withNamespace(random.nextInt(4) == 0 ? "other" : "ns")
                .endMetadata();
        if (random.nextInt(3) == 0) {
            pod = Specs.near(pod, terms(random));
        }
        if (random.nextInt(3) == 0) {
            pod = Specs.far(pod, terms(random));
        }
        if (random.nextInt(2) == 0) {
            pod = Specs.spreading(pod, constraints(random));
        }
        return pod.build();
    }

    private static PodAffinityTerm[] terms(SplittableRandom random) {
        PodAffinityTerm[] terms = new PodAffinityTerm[1 + random.nextInt(2)];
        for (int i = 0; i < terms.length; i++) {
            PodAffinityTermBuilder term =
                    new PodAffinityTermBuilder(Specs.term("app", any(random, APPS), any(random, KEYS)));
            switch (random.nextInt(6)) {
                case 0 -> term.withNamespaces("other");
                case 1 -> term.withNamespaceSelector(new LabelSelector());
                case 2 -> term.withNamespaceSelector(Specs.select("team", "blue"));
                default -> {}
            }
            terms[i] = term.build();
        }
        return terms;
    }

    private static TopologySpreadConstraint[] constraints(SplittableRandom random) {
        TopologySpreadConstraint[] constraints = new TopologySpreadConstraint[1 + random.nextInt(2)];
        for (int i = 0; i < constraints.length; i++) {
            TopologySpreadConstraintBuilder constraint = new TopologySpreadConstraintBuilder(Specs.spread(
                    1 + random.nextInt(2), KEYS.get((i + random.nextInt(2)) % 3), "app", any(random, APPS)));
            if (random.nextInt(4) == 0) {
                constraint.withMinDomains(1 + random.nextInt(4));
            }
            constraints[i] = constraint.build();
        }
        return constraints;
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void sumsOfANodeAreThoseOfItsPods(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        NodeInfo node = Objects.info(Objects.node("n").build());
        for (int step = 0; step < 200; step++) {
            if (random.nextInt(3) == 0) {
                node.remove(new ObjectKey("ns", "p" + random.nextInt(20)));
            } else {
                node.add(PodInfo.of(pod(random, "p" + random.nextInt(20))));
            }
            var matcher = PodMatcher.living("ns", List.of(Specs.select("app", any(random, APPS))));
            assertThat(node.count(matcher)).isEqualTo((int)
                    node.pods().stream().filter(matcher::matches).count());
            assertThat(node.repels())
                    .isEqualTo(
                            node.pods().stream().anyMatch(pod -> !far(pod.pod()).isEmpty()));
            assertThat(node.affinities().values().stream()
                            .mapToInt(count -> count)
                            .sum())
                    .isEqualTo((int) node.pods().stream()
                            .filter(pod -> !pod.affinity().isEmpty())
                            .count());
        }
    }
}
