package io.kvorum.controllers.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OwnerGraphTest {
    private final List<String> toDelete = new ArrayList<>();
    private final List<String> toOrphan = new ArrayList<>();
    private final OwnerGraph graph = new OwnerGraph(toDelete::add, toOrphan::add);

    private static OwnerReference owner(String uid, boolean blocks) {
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName(uid)
                .withUid(uid)
                .withBlockOwnerDeletion(blocks)
                .build();
    }

    private void see(String uid, boolean deleting, List<String> finalizers, OwnerReference... owners) {
        graph.observed(
                new GraphNode.Identity("v1", "ConfigMap", "default", uid, uid),
                new GraphNode.Meta(List.of(owners), finalizers, deleting));
    }

    private GraphNode node(String uid) {
        return Objects.requireNonNull(graph.get(uid));
    }

    private List<String> deletions() {
        List<String> copy = List.copyOf(toDelete);
        toDelete.clear();
        return copy;
    }

    @Test
    void dependentsOfADeletedOwnerAreLookedAt() {
        see("o", false, List.of());
        see("a", false, List.of(), owner("o", false));
        see("b", false, List.of(), owner("o", false));
        deletions();
        graph.gone("o");
        assertThat(deletions()).containsExactly("a", "b");
    }

    @Test
    void anUnknownOwnerIsLookedAt() {
        see("a", false, List.of(), owner("o", false));
        assertThat(deletions()).contains("o");
        assertThat(graph.get("o")).isNotNull().matches(node -> !node.observed());
        see("o", false, List.of());
        assertThat(graph.get("o")).matches(GraphNode::observed);
        assertThat(graph.dependentsOf(node("o"))).hasSize(1);
    }

    @Test
    void unseenOwnersNobodyNamesAreForgotten() {
        see("a", false, List.of(), owner("o", false));
        see("a", false, List.of());
        assertThat(graph.get("o")).isNull();
        see("b", false, List.of(), owner("p", false));
        graph.gone("b");
        assertThat(graph.size()).isEqualTo(1);
    }

    @Test
    void aForegroundDeletionWaitsForWhatBlocksIt() {
        see("o", false, List.of());
        see("blocks", false, List.of(), owner("o", true));
        see("does-not", false, List.of(), owner("o", false));
        deletions();
        see("o", true, List.of(GraphNode.FOREGROUND));
        assertThat(deletions()).contains("o", "blocks", "does-not");
        assertThat(graph.blockersOf(node("o")))
                .extracting(node -> node.identity().uid())
                .containsExactly("blocks");
        graph.gone("blocks");
        assertThat(deletions()).as("the owner may go on").contains("o");
        assertThat(graph.blockersOf(node("o"))).isEmpty();
    }

    @Test
    void aBlockerThatStopsBlockingWakesTheOwner() {
        see("o", true, List.of(GraphNode.FOREGROUND));
        see("a", false, List.of(), owner("o", true));
        deletions();
        see("a", false, List.of(), owner("o", false));
        assertThat(deletions()).contains("o");
    }

    @Test
    void orphaningIsAskedForOnce() {
        see("o", false, List.of());
        see("o", true, List.of(GraphNode.ORPHAN));
        see("o", true, List.of(GraphNode.ORPHAN, "other"));
        assertThat(toOrphan).containsExactly("o");
    }

    @Test
    void verdictsFollowFromTheOwners() {
        OwnerReference one = owner("1", false);
        assertThat(new OwnerVerdict(List.of(one), List.of(), List.of()).action(0))
                .isEqualTo(OwnerVerdict.Action.KEEP);
        assertThat(new OwnerVerdict(List.of(one), List.of(one), List.of()).action(0))
                .isEqualTo(OwnerVerdict.Action.REMOVE_REFERENCES);
        assertThat(new OwnerVerdict(List.of(one), List.of(), List.of(one)).action(3))
                .isEqualTo(OwnerVerdict.Action.REMOVE_REFERENCES);
        assertThat(new OwnerVerdict(List.of(), List.of(one), List.of()).action(3))
                .isEqualTo(OwnerVerdict.Action.DELETE);
        assertThat(new OwnerVerdict(List.of(), List.of(), List.of(one)).action(0))
                .isEqualTo(OwnerVerdict.Action.DELETE);
        assertThat(new OwnerVerdict(List.of(), List.of(), List.of(one)).action(1))
                .isEqualTo(OwnerVerdict.Action.DELETE_FOREGROUND);
    }
}
