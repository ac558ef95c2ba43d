package io.kvorum.scheduler.plugins;

import static io.kvorum.scheduler.Objects.pod;
import static io.kvorum.scheduler.Specs.far;
import static io.kvorum.scheduler.Specs.info;
import static io.kvorum.scheduler.Specs.labelled;
import static io.kvorum.scheduler.Specs.near;
import static io.kvorum.scheduler.Specs.ratherFar;
import static io.kvorum.scheduler.Specs.ratherNear;
import static io.kvorum.scheduler.Specs.term;
import static io.kvorum.scheduler.Specs.zoned;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.scheduler.Objects;
import io.kvorum.scheduler.Specs;
import io.kvorum.scheduler.TestView;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Status;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InterPodAffinityTest {
    private static final Status FITS = Status.SUCCESS;

    private final InterPodAffinity plugin = new InterPodAffinity();

    /** The verdict on every node. */
    private Map<String, Status> verdicts(Pod pod, TestView view) {
        CycleState state = new CycleState();
        PodInfo info = PodInfo.of(pod);
        Map<String, Status> verdicts = new TreeMap<>();
        boolean skips = plugin.preFilter(state, info, view).status().skip();
        for (NodeInfo node : view.nodes()) {
            verdicts.put(node.name(), skips ? FITS : plugin.filter(state, info, node));
        }
        return verdicts;
    }

    private static Pod cache(String name) {
        return labelled(name, "app", "cache").build();
    }

    @Test
    void withoutTermsAnywhereThereIsNothingToFilter() {
        TestView view = TestView.of(info(zoned("a", "1"), cache("c")));
        assertThat(plugin.preFilter(new CycleState(), PodInfo.of(pod("p").build()), view)
                        .status()
                        .skip())
                .isTrue();
    }

    /** The documentation's first example: a web server in the zone of a cache. */
    @Test
    void affinityWantsThePlaceOfAMatchingPod() {
        TestView view = TestView.of(info(zoned("a", "1"), cache("c")), info(zoned("b", "1")), info(zoned("c", "2")));
        Pod web = near(pod("web"), term("app", "cache", "zone")).build();
        assertThat(verdicts(web, view))
                .containsExactlyInAnyOrderEntriesOf(Map.of("a", FITS, "b", FITS, "c", InterPodAffinity.NOT_NEAR));
    }

    /** The documentation's use case: one cache a node, each with its web server. */
    @Test
    void oneCacheANodeAndAWebServerBesideEach() {
        PodAffinityTerm caches = term("app", "cache", "kubernetes.io/hostname");
        Pod first = far(labelled("c1", "app", "cache"), caches).build();
        Pod second = far(labelled("c2", "app", "cache"), caches).build();
        TestView view = TestView.of(info(zoned("a", "1"), first), info(zoned("b", "1")));
        assertThat(verdicts(second, view)).containsEntry("b", FITS).containsEntry("a", InterPodAffinity.TOO_NEAR);
        Pod web = near(far(labelled("w", "app", "web"), term("app", "web", "kubernetes.io/hostname")), caches)
                .build();
        assertThat(verdicts(web, view)).containsEntry("a", FITS).containsEntry("b", InterPodAffinity.NOT_NEAR);
    }

    @Test
    void antiAffinityOfPodsOnTheNodesKeepsOthersAway() {
        Pod shy =
                far(labelled("shy", "app", "shy"), term("app", "loud", "zone")).build();
        TestView view = TestView.of(info(zoned("a", "1"), shy), info(zoned("b", "1")), info(zoned("c", "2")));
        assertThat(verdicts(labelled("p", "app", "loud").build(), view))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("a", InterPodAffinity.REPELLED, "b", InterPodAffinity.REPELLED, "c", FITS));
        assertThat(verdicts(labelled("p", "app", "quiet").build(), view).values())
                .containsOnly(FITS);
    }

    @Test
    void firstOfAGroupMayGoAnywhereThatHasThePlace() {
        Pod first =
                near(labelled("p", "app", "herd"), term("app", "herd", "zone")).build();
        TestView view = TestView.of(
                info(zoned("a", "1")),
                info(zoned("b", "2")),
                Objects.info(Objects.node("bare").build()));
        assertThat(verdicts(first, view))
                .containsEntry("a", FITS)
                .containsEntry("b", FITS)
                .containsEntry("bare", InterPodAffinity.NOT_NEAR);
        Pod lonely =
                near(labelled("p", "app", "other"), term("app", "herd", "zone")).build();
        assertThat(verdicts(lonely, view).values())
                .as("it would not be its own neighbour")
                .containsOnly(InterPodAffinity.NOT_NEAR);
        TestView second =
                TestView.of(info(zoned("a", "1"), labelled("q", "app", "herd").build()), info(zoned("b", "2")));
        assertThat(verdicts(first, second)).containsEntry("b", InterPodAffinity.NOT_NEAR);
    }

    @Test
    void allTermsMustBeMetByTheSamePods() {
        PodBuilder both = new PodBuilder(labelled("both", "app", "cache").build())
                .editMetadata()
                .addToLabels("tier", "gold")
                .endMetadata();
        Pod wanting = near(pod("p"), term("app", "cache", "zone"), term("tier", "gold", "zone"))
                .build();
        TestView split = TestView.of(info(
                zoned("a", "1"),
                labelled("x", "app", "cache").build(),
                labelled("y", "tier", "gold").build()));
        assertThat(verdicts(wanting, split)).containsEntry("a", InterPodAffinity.NOT_NEAR);
        assertThat(verdicts(wanting, TestView.of(info(zoned("a", "1"), both.build()))))
                .containsEntry("a", FITS);
    }

    private static PodAffinityTerm across(@Nullable LabelSelector namespaces, String... names) {
        return new PodAffinityTermBuilder(term("app", "cache", "zone"))
                .withNamespaceSelector(namespaces)
                .withNamespaces(names)
                .build();
    }

    private static Pod in(String namespace, Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withNamespace(namespace)
                .endMetadata()
                .build();
    }

    @Test
    void termsSpeakOfTheirOwnNamespaceUnlessTheyNameOrSelectOthers() {
        TestView view = TestView.of(info(zoned("a", "1"), in("shop", cache("c"))));
        view.namespaces.put("shop", Map.of("team", "red"));
        view.namespaces.put("ns", Map.of());
        assertThat(verdicts(near(pod("p"), across(null)).build(), view)).containsEntry("a", InterPodAffinity.NOT_NEAR);
        assertThat(verdicts(near(pod("p"), across(null, "shop")).build(), view)).containsEntry("a", FITS);
        assertThat(verdicts(near(pod("p"), across(Specs.select("team", "red"))).build(), view))
                .containsEntry("a", FITS);
        assertThat(verdicts(near(pod("p"), across(Specs.select("team", "blue"))).build(), view))
                .containsEntry("a", InterPodAffinity.NOT_NEAR);
        assertThat(verdicts(near(pod("p"), across(new LabelSelector())).build(), view))
                .as("an empty selector selects all namespaces")
                .containsEntry("a", FITS);
    }

    @Test
    void namespaceSelectorsOfPodsOnTheNodesCountToo() {
        Pod shy = far(labelled("shy", "app", "shy"), across(Specs.select("team", "red")))
                .build();
        TestView view = TestView.of(info(zoned("a", "1"), shy));
        view.namespaces.put("shop", Map.of("team", "red"));
        view.namespaces.put("bar", Map.of("team", "blue"));
        assertThat(verdicts(in("shop", cache("c")), view)).containsEntry("a", InterPodAffinity.REPELLED);
        assertThat(verdicts(in("bar", cache("c")), view)).containsEntry("a", FITS);
    }

    @Test
    void hintsLookAtWhoCameAndWent() {
        PodInfo near = PodInfo.of(near(pod("p"), term("app", "cache", "zone")).build());
        PodInfo far = PodInfo.of(far(pod("p"), term("app", "cache", "zone")).build());
        PodInfo cache = PodInfo.of(cache("c"));
        PodInfo other = PodInfo.of(labelled("o", "app", "other").build());
        ClusterEvent.Kind add = ClusterEvent.Kind.ASSIGNED_POD_ADD;
        ClusterEvent.Kind delete = ClusterEvent.Kind.ASSIGNED_POD_DELETE;
        assertThat(plugin.mayHelp(near, ClusterEvent.ofPod(add, cache, null))).isTrue();
        assertThat(plugin.mayHelp(near, ClusterEvent.ofPod(add, other, null))).isFalse();
        assertThat(plugin.mayHelp(far, ClusterEvent.ofPod(delete, cache, null))).isTrue();
        assertThat(plugin.mayHelp(far, ClusterEvent.ofPod(delete, other, null))).isFalse();
        PodInfo shy = PodInfo.of(far(pod("s"), term("app", "cache", "zone")).build());
        assertThat(plugin.mayHelp(cache, ClusterEvent.ofPod(delete, shy, null))).isTrue();
    }

    private static long[] scores(Pod pod, TestView view) {
        InterPodAffinityScore plugin = new InterPodAffinityScore();
        CycleState state = new CycleState();
        PodInfo info = PodInfo.of(pod);
        assertThat(plugin.preScore(state, info, view, view.nodes()).success()).isTrue();
        long[] scores = view.nodes().stream()
                .mapToLong(node -> plugin.score(state, info, node))
                .toArray();
        plugin.normalize(state, info, view.nodes(), scores);
        return scores;
    }

    @Test
    void preferencesAddUpOverPodsAndAreStretched() {
        TestView view = TestView.of(
                info(zoned("a", "1"), cache("c"), cache("d")),
                info(zoned("b", "2"), cache("e")),
                info(zoned("c", "3")));
        assertThat(scores(ratherNear(pod("p"), 10, term("app", "cache", "zone")).build(), view))
                .containsExactly(100, 50, 0);
        assertThat(scores(ratherFar(pod("p"), 10, term("app", "cache", "zone")).build(), view))
                .containsExactly(0, 50, 100);
    }

    @Test
    void preferencesOfPodsOnTheNodesCountForThePodToo() {
        Pod fan = ratherNear(labelled("fan", "app", "fan"), 5, term("app", "star", "zone"))
                .build();
        Pod foe = ratherFar(labelled("foe", "app", "foe"), 5, term("app", "star", "zone"))
                .build();
        TestView view = TestView.of(info(zoned("a", "1"), fan), info(zoned("b", "2")), info(zoned("c", "3"), foe));
        assertThat(scores(labelled("p", "app", "star").build(), view)).containsExactly(100, 50, 0);
        assertThat(new InterPodAffinityScore()
                        .preScore(new CycleState(), PodInfo.of(pod("p").build()), view, view.nodes())
                        .skip())
                .as("of no interest to anybody")
                .isTrue();
    }
}
