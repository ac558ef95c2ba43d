package io.kvorum.proxy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final Endpoint A = new Endpoint("10.0.0.1", 80);
    private static final Endpoint B = new Endpoint("10.0.0.2", 80);
    private static final Endpoint C = new Endpoint("10.0.0.3", 80);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Balancer balancer = new Balancer();

    private List<Endpoint> next(String client, int times, long now) {
        List<Endpoint> chosen = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Endpoint endpoint = Objects.requireNonNull(balancer.next(client, Set.of(), now));
            balancer.connected(client, endpoint, now);
            chosen.add(endpoint);
        }
        return chosen;
    }

    @Test
    void connectionsGoRound() {
        balancer.update(List.of(A, B, C), null);
        assertThat(next("x", 7, 0)).containsExactly(A, B, C, A, B, C, A);
    }

    @Test
    void removedEndpointIsNeverChosenAgain() {
        balancer.update(List.of(A, B, C), null);
        next("x", 2, 0);
        balancer.update(List.of(A, C), null);
        assertThat(next("x", 4, 0)).containsOnly(A, C);
        balancer.update(List.of(), null);
        assertThat(balancer.next("x", Set.of(), 0)).isNull();
    }

    @Test
    void whatWasTriedIsNotTriedAgain() {
        balancer.update(List.of(A, B), null);
        assertThat(balancer.next("x", Set.of(A), 0)).isEqualTo(B);
        assertThat(balancer.next("x", Set.of(A, B), 0)).isNull();
    }

    @Test
    void refusingEndpointIsAskedLastForAWhile() {
        balancer.update(List.of(A, B), null);
        balancer.refused(A, 0);
        assertThat(next("x", 3, SECOND)).containsOnly(B);
        assertThat(balancer.next("x", Set.of(B), SECOND)).as("better than none").isEqualTo(A);
        assertThat(next("x", 2, 3 * SECOND)).contains(A);
    }

    @Test
    void clientStaysWithItsEndpointUntilTheTimeoutAfterItsLastConnection() {
        balancer.update(List.of(A, B, C), Duration.ofSeconds(10));
        Endpoint own = next("x", 1, 0).get(0);
        next("y", 1, 0);
        assertThat(next("x", 3, 9 * SECOND)).containsOnly(own);
        assertThat(next("x", 1, 18 * SECOND)).containsOnly(own);
        assertThat(next("x", 1, 28 * SECOND)).doesNotContain(own);
    }

    @Test
    void clientOfARemovedOrRefusingEndpointMovesOn() {
        balancer.update(List.of(A, B), Duration.ofSeconds(10));
        assertThat(next("x", 1, 0)).containsExactly(A);
        assertThat(balancer.next("x", Set.of(A), 0)).isEqualTo(B);
        balancer.update(List.of(B), Duration.ofSeconds(10));
        assertThat(next("x", 2, 0)).containsOnly(B);
    }
}
