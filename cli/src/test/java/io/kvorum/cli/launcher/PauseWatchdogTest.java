package io.kvorum.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PauseWatchdogTest {
    private Process victim;

    @BeforeEach
    void stopped() throws Exception {
        victim = new ProcessBuilder("sleep", "120").start();
        signal("STOP");
        awaitState(true);
    }

    @AfterEach
    void end() throws InterruptedException {
        victim.destroyForcibly().waitFor();
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("sh", "-c", "kill -" + name + " " + victim.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private boolean isStopped() throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(victim.pid())).start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).startsWith("T");
    }

    private void awaitState(boolean stopped) throws IOException {
        while (isStopped() != stopped) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void resumesWhenTheTimeIsOver() throws Exception {
        long start = System.nanoTime();
        PauseWatchdog watchdog = PauseWatchdog.start(victim.pid(), Duration.ofMillis(700));
        awaitState(false);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
        watchdog.dismiss();
    }

    @Test
    void resumesWhenTheLauncherIsGone() throws Exception {
        PauseWatchdog watchdog = PauseWatchdog.start(victim.pid(), Duration.ZERO);
        assertThat(isStopped()).isTrue();
        // What the kernel does with a dead launcher's end of the pipe.
        watchdog.pipe().close();
        awaitState(false);
    }

    @Test
    void leavesAPauseAloneThatIsNoLongerItsOwn() throws Exception {
        PauseWatchdog watchdog = PauseWatchdog.start(victim.pid(), Duration.ofHours(1));
        watchdog.dismiss();
        assertThat(watchdog.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(isStopped()).isTrue();
    }
}
