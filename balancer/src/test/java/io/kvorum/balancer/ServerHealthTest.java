package io.kvorum.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.balancer.ServerHealth.Finding;
import org.junit.jupiter.api.Test;

final class ServerHealthTest {
    private final ServerHealth health = new ServerHealth(3, 2);

    private boolean found(Finding... findings) {
        boolean changed = false;
        for (Finding finding : findings) {
            changed = health.found(finding);
        }
        return changed;
    }

    @Test
    void theFirstGoodCheckIsEnough() {
        assertThat(found(Finding.REFUSED, Finding.REFUSED)).isFalse();
        assertThat(found(Finding.READY)).isTrue();
        assertThat(health.fit()).isTrue();
    }

    @Test
    void oneBadCheckIsForgivenTwoAreNot() {
        found(Finding.READY);
        assertThat(found(Finding.SILENT)).isFalse();
        assertThat(found(Finding.READY, Finding.SILENT)).isFalse();
        assertThat(health.fit()).isTrue();
        assertThat(found(Finding.SILENT)).isTrue();
        assertThat(health.fit()).isFalse();
    }

    @Test
    void aServerThatFellNeedsSeveralGoodChecksInARow() {
        found(Finding.READY, Finding.REFUSED, Finding.REFUSED);
        found(Finding.READY, Finding.READY, Finding.REFUSED, Finding.READY, Finding.READY);
        assertThat(health.fit()).isFalse();
        assertThat(found(Finding.READY)).isTrue();
    }

    /** Connections are given up only for a server that does not answer at all: one that is not ready may finish them. */
    @Test
    void onlyASilentServerIsLost() {
        found(Finding.READY, Finding.NOT_READY, Finding.NOT_READY);
        assertThat(health.fit()).isFalse();
        assertThat(health.lost()).isFalse();
        found(Finding.SILENT);
        assertThat(health.lost()).isFalse();
        found(Finding.SILENT);
        assertThat(health.lost()).isTrue();
        found(Finding.NOT_READY);
        assertThat(health.lost()).isFalse();
    }
}
