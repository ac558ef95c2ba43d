package io.kvorum.component.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.component.fault.FaultRule.Direction;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultRulesTest {
    private static final String PEER = "127.0.0.9";

    private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    private final FaultRules rules = new FaultRules(nanos::get);

    private static final class Link implements FaultLink {
        private int updates;
        private int resets;

        @Override
        public @Nullable String peer() {
            return PEER;
        }

        @Override
        public void update() {
            updates++;
        }

        @Override
        public void reset() {
            resets++;
        }
    }

    private static FaultRule delay(String id, String peer, long millis, long rate, double loss) {
        return new FaultRule(
                id, Set.of(peer), Direction.OUT, false, Duration.ofMillis(millis), Duration.ZERO, rate, loss, null);
    }

    @Test
    void aCutWorksInItsDirectionOnItsPeersOnly() {
        rules.set(FaultRule.cut("c", Set.of(PEER), Direction.IN));
        assertThat(rules.in(PEER)).isNotNull().matches(LinkFault::cut);
        assertThat(rules.out(PEER)).isNull();
        assertThat(rules.in("127.0.0.8")).isNull();
        assertThat(rules.in(null)).isNull();
    }

    @Test
    void rulesForOnePeerCompose() {
        rules.set(delay("a", PEER, 20, 1_000, 50));
        rules.set(delay("b", PEER, 30, 500, 50));
        rules.set(delay("c", "*", 1, 0, 0));
        LinkFault fault = rules.out(PEER);
        assertThat(fault).isEqualTo(new LinkFault(false, 51_000_000, 0, 500, 75));
        assertThat(rules.out("127.0.0.8")).isEqualTo(new LinkFault(false, 1_000_000, 0, 0, 0));
    }

    @Test
    void settingAnIdAgainReplacesItAndClearingHeals() {
        rules.set(FaultRule.cut("a", Set.of(PEER), Direction.BOTH));
        rules.set(delay("a", PEER, 5, 0, 0));
        assertThat(rules.in(PEER)).isNull();
        assertThat(rules.out(PEER)).isEqualTo(new LinkFault(false, 5_000_000, 0, 0, 0));
        assertThat(rules.clear("b")).isFalse();
        assertThat(rules.clear("a")).isTrue();
        assertThat(rules.clear("a")).isFalse();
        assertThat(rules.out(PEER)).isNull();
    }

    @Test
    void aRuleExpiresByItself() {
        rules.set(new FaultRule(
                "a", Set.of(PEER), Direction.BOTH, true, Duration.ZERO, Duration.ZERO, 0, 0, Duration.ofHours(1)));
        nanos.addAndGet(Duration.ofMinutes(59).toNanos());
        assertThat(rules.list())
                .singleElement()
                .matches(active -> Long.valueOf(60_000).equals(active.expiresInMillis()));
        rules.expire();
        assertThat(rules.in(PEER)).isNotNull();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        rules.expire();
        assertThat(rules.in(PEER)).isNull();
        assertThat(rules.list()).isEmpty();
    }

    @Test
    void connectionsAreToldAndReset() {
        Link link = new Link();
        rules.add(link);
        rules.set(FaultRule.cut("a", Set.of(PEER), Direction.BOTH));
        assertThat(rules.clearAll()).isEqualTo(1);
        assertThat(link.updates).isEqualTo(2);
        assertThat(rules.reset(Set.of("127.0.0.8"))).isZero();
        assertThat(rules.reset(Set.of(PEER))).isEqualTo(1);
        assertThat(link.resets).isEqualTo(1);
        rules.remove(link);
        rules.clearAll();
        assertThat(link.updates).isEqualTo(2);
    }

    @Test
    void impossibleRulesAreRefused() {
        assertThatThrownBy(() -> delay("", PEER, 1, 0, 0)).hasMessage("a fault rule needs an id");
        assertThatThrownBy(() -> FaultRule.cut("a", Set.of(), Direction.IN)).hasMessage("fault rule a names no peer");
        assertThatThrownBy(() -> delay("a", PEER, -1, 0, 0)).hasMessageContaining("must not be negative");
        assertThatThrownBy(() -> delay("a", PEER, 0, 0, 101)).hasMessageContaining("from 0 to 100");
        assertThatThrownBy(() -> delay("a", PEER, 0, 0, Double.NaN)).hasMessageContaining("from 0 to 100");
    }
}
