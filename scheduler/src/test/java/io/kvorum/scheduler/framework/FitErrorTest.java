package io.kvorum.scheduler.framework;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The messages people know from kubectl describe. */
class FitErrorTest {
    private static Rejection rejected(Status status) {
        return new Rejection("SomePlugin", status);
    }

    @Test
    void reasonsAreCountedAndSorted() {
        FitError error = new FitError(
                3,
                Map.of(
                        "a", rejected(Status.unresolvable("node(s) had untolerated taint {k: v}")),
                        "b", rejected(Status.unschedulable("Insufficient cpu", "Insufficient memory")),
                        "c", rejected(Status.unschedulable("Insufficient cpu"))),
                Set.of(),
                List.of(),
                Preemption.NONE);
        assertThat(error.message())
                .isEqualTo("0/3 nodes are available: 1 Insufficient memory, "
                        + "1 node(s) had untolerated taint {k: v}, 2 Insufficient cpu.");
    }

    @Test
    void withoutNodesThereIsASentenceOfItsOwn() {
        assertThat(new FitError(0, Map.of(), Set.of(), List.of(), Preemption.NONE).message())
                .isEqualTo("no nodes available to schedule pods");
    }

    @Test
    void rejectionBeforeFilteringIsToldInstead() {
        assertThat(new FitError(2, Map.of(), Set.of(), List.of("it is complicated"), Preemption.NONE).message())
                .isEqualTo("0/2 nodes are available: it is complicated.");
    }
}
