package io.kvorum.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.balancer.ServerHealth.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ServerPoolTest {
    private static final ServerAddress A = new ServerAddress("127.0.0.1", 1);
    private static final ServerAddress B = new ServerAddress("127.0.0.1", 2);
    private static final ServerAddress C = new ServerAddress("127.0.0.1", 3);

    private static ServerPool pool(ServerPool.Policy policy) {
        ServerPool pool = new ServerPool(policy, address -> new Server(address, new ServerHealth(1, 1)));
        pool.set(List.of(A, B, C));
        pool.servers().forEach(server -> server.health().found(Finding.READY));
        return pool;
    }

    private static Server server(ServerPool pool, ServerAddress address) {
        return Objects.requireNonNull(pool.server(address));
    }

    private static ServerAddress next(ServerPool pool, Server... tried) {
        Server next = pool.next(List.of(tried), Server::open);
        return next == null ? new ServerAddress("none", 0) : next.address();
    }

    @Test
    void roundRobinTakesTurns() {
        ServerPool pool = pool(ServerPool.Policy.ROUND_ROBIN);
        List<ServerAddress> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chosen.add(next(pool));
        }
        assertThat(chosen).containsExactly(A, B, C, A, B, C);
    }

    @Test
    void leastConnectionsCountsThoseBeingMade() {
        ServerPool pool = pool(ServerPool.Policy.LEAST_CONNECTIONS);
        server(pool, A).dialling(2);
        server(pool, B).dialling(1);
        assertThat(next(pool)).isEqualTo(C);
        server(pool, C).dialling(3);
        assertThat(next(pool)).isEqualTo(B);
    }

    @Test
    void equalLoadsTakeTurns() {
        ServerPool pool = pool(ServerPool.Policy.LEAST_CONNECTIONS);
        assertThat(List.of(next(pool), next(pool), next(pool))).containsExactlyInAnyOrder(A, B, C);
    }

    @Test
    void unfitDrainingAndTriedServersAreLeftOut() {
        ServerPool pool = pool(ServerPool.Policy.ROUND_ROBIN);
        server(pool, A).health().found(Finding.REFUSED);
        server(pool, B).drain(true);
        assertThat(next(pool)).isEqualTo(C);
        assertThat(pool.next(List.of(server(pool, C)), Server::open)).isNull();
        assertThat(pool.hasOther(server(pool, A))).isTrue();
        assertThat(pool.hasOther(server(pool, C))).isFalse();
    }

    @Test
    void aNewSetKeepsWhatIsKnownAndTellsWhatWent() {
        ServerPool pool = pool(ServerPool.Policy.ROUND_ROBIN);
        Server kept = server(pool, A);
        ServerAddress d = new ServerAddress("127.0.0.1", 4);
        assertThat(pool.set(List.of(A, d))).extracting(Server::address).containsExactlyInAnyOrder(B, C);
        assertThat(server(pool, A)).isSameAs(kept);
        assertThat(server(pool, d).open()).isFalse();
    }

    @Test
    void badAddressesAndPoliciesAreNamed() {
        assertThat(ServerAddress.parse("127.0.0.1:1")).isEqualTo(A);
        for (String bad : List.of("", "host", "host:", ":1", "host:65536", "host:x")) {
            assertThatThrownBy(() -> ServerAddress.parse(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be host:port");
        }
        assertThatThrownBy(() -> ServerPool.Policy.of("random")).hasMessageContaining("least-connections");
    }
}
