package io.kvorum.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Role;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManagedProcessTest {
    private final ManagedProcess process = new ManagedProcess(new Instance(Role.STORE, 0, "store-0", "", "127.7.0.10"));

    @Test
    void crashesInARowWaitLongerUpToACap() {
        long now = 0;
        process.startedNanos = now;
        assertThat(process.backoffMillis(now)).isEqualTo(250);
        assertThat(process.backoffMillis(now)).isEqualTo(500);
        assertThat(process.backoffMillis(now)).isEqualTo(1000);
        for (int i = 0; i < 20; i++) {
            process.backoffMillis(now);
        }
        assertThat(process.backoffMillis(now)).isEqualTo(10_000);
    }

    @Test
    void aProcessThatRanForAWhileStartsOver() {
        process.startedNanos = 0;
        process.backoffMillis(0);
        process.backoffMillis(0);
        assertThat(process.backoffMillis(Duration.ofSeconds(31).toNanos())).isEqualTo(250);
    }
}
