package io.kvorum.kubelet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.kubelet.testing.SetClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
    private final SetClock clock = new SetClock();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private ContainerLog log;

    @BeforeEach
    void open() throws IOException {
        log = new ContainerLog(folder, clock, 64, 3);
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("log"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        log.observe();
    }

    private static String all(LogReader reader) throws IOException {
        StringBuilder text = new StringBuilder();
        for (byte[] part = reader.next(); part.length > 0; part = reader.next()) {
            text.append(new String(part, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    @Test
    void tailsLines() throws IOException {
        write("one\ntwo\nthree\n");
        assertThat(all(log.open(new LogQuery(2L, null, false, null)))).isEqualTo("two\nthree\n");
        assertThat(all(log.open(new LogQuery(0L, null, false, null)))).isEmpty();
        assertThat(all(log.open(new LogQuery(9L, null, false, null)))).isEqualTo("one\ntwo\nthree\n");
        write("rest");
        assertThat(all(log.open(new LogQuery(1L, null, false, null)))).isEqualTo("rest");
    }

    @Test
    void linesHaveTheTimeTheyWereWritten() throws IOException {
        write("one\n");
        clock.advance(Duration.ofSeconds(5));
        write("two\nthree\n");
        assertThat(all(log.open(new LogQuery(null, null, true, null))))
                .isEqualTo("2026-01-01T00:00:00.000000000Z one\n"
                        + "2026-01-01T00:00:05.000000000Z two\n"
                        + "2026-01-01T00:00:05.000000000Z three\n");
    }

    @Test
    void sinceLeavesOutWhatIsOlder() throws IOException {
        write("one\n");
        clock.advance(Duration.ofSeconds(5));
        write("two\n");
        Instant since = clock.instant().minusSeconds(1);
        assertThat(all(log.open(new LogQuery(null, since, false, null)))).isEqualTo("two\n");
        assertThat(all(log.open(new LogQuery(null, clock.instant().plusSeconds(1), false, null))))
                .isEmpty();
    }

    @Test
    void limitCutsTheOutput() throws IOException {
        write("one\ntwo\n");
        LogReader reader = log.open(new LogQuery(null, null, false, 5L));
        assertThat(all(reader)).isEqualTo("one\nt");
        assertThat(reader.exhausted()).isTrue();
    }

    @Test
    void followsAcrossRotation() throws IOException {
        LogReader reader = log.open(LogQuery.ALL);
        StringBuilder expected = new StringBuilder();
        StringBuilder read = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String line = "line " + i + "\n";
            expected.append(line);
            write(line);
            if (i % 3 == 0) {
                read.append(all(reader));
            }
        }
        read.append(all(reader));
        assertThat(read.toString()).isEqualTo(expected.toString());
        try (var files = Files.list(folder)) {
            assertThat(files.filter(f -> f.getFileName().toString().matches("log(-\\d+)?")))
                    .hasSize(3);
        }
    }

    @Test
    void timesSurviveRotationAndReopening() throws IOException {
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(1));
            write("line " + i + "\n");
        }
        Instant since = clock.instant().minus(Duration.ofSeconds(2));
        ContainerLog again = new ContainerLog(folder, clock, 64, 3);
        assertThat(all(again.open(new LogQuery(null, since, true, null))))
                .isEqualTo("2026-01-01T00:00:18.000000000Z line 17\n"
                        + "2026-01-01T00:00:19.000000000Z line 18\n"
                        + "2026-01-01T00:00:20.000000000Z line 19\n");
    }

    @Test
    void listenersHearOfGrowthAndEnd() throws IOException {
        int[] calls = {0};
        log.addListener(() -> calls[0]++);
        log.observe();
        assertThat(calls[0]).isZero();
        write("one\n");
        assertThat(calls[0]).isEqualTo(1);
        log.end();
        assertThat(calls[0]).isEqualTo(2);
        assertThat(log.ended()).isTrue();
    }
}
