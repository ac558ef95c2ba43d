package io.kvorum.torture.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.kvorum.torture.sim.Bug;
import io.kvorum.torture.sim.Simulation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
    @TempDir
    private Path folder;

    @Test
    void whatWasWrittenIsRead() throws IOException {
        for (int seed = 0; seed < 5; seed++) {
            History plain =
                    Simulation.run(seed, Simulation.Plan.EVERYTHING, Bug.NONE).history();
            History history = new History(
                    new History.Base(1, List.of(new KeyValue("old", "\"quoted\"\n", 1, 1, 1, 3))),
                    plain.operations(),
                    plain.streams(),
                    List.of(new FaultMark("kill", "store-1", 5, 9), new FaultMark("pause", "", 7, 7)),
                    List.of(new Election(6, "store-2", 4)),
                    plain.healthy());
            Path file = folder.resolve("history-" + seed);
            try (HistoryWriter writer = HistoryWriter.create(file)) {
                writer.all(history);
            }
            assertThat(HistoryReader.read(file)).isEqualTo(history);
        }
    }

    @Test
    void anEmptyFileIsAnEmptyHistory() throws IOException {
        Path file = Files.createFile(folder.resolve("empty"));
        assertThat(HistoryReader.read(file)).isEqualTo(History.of(List.of(), List.of()));
    }

    @Test
    void aCallThatNeverEndedIsOfUnknownFate() throws IOException {
        Path file = folder.resolve("history");
        Call.Put put = new Call.Put("a", "1", 0, false);
        try (HistoryWriter writer = HistoryWriter.create(file)) {
            writer.begin(3, "store-0", 4, 17, put);
            // Read while it is written: nothing waits in the recorder.
            assertThat(HistoryReader.read(file).operations())
                    .containsExactly(new Operation(0, 3, "store-0", 4, 17, 17, put, HistoryReader.NEVER_ENDED));
        }
    }

    @Test
    void aRecorderMayDieAtAnyByte() throws IOException {
        Path file = folder.resolve("history");
        try (HistoryWriter writer = HistoryWriter.create(file)) {
            int put = writer.begin(1, "m", 1, 10, new Call.Put("a", "1", 0, false));
            writer.end(put, 20, new Reply.Put(2, null));
            int stream = writer.watch(0, 1, "m", 2, 21, WatchRequest.of(KeyRange.all(), 2));
            writer.frame(stream, new Frame.Created(22, 2));
            writer.end(writer.begin(1, "", 0, 30, new Call.Compact(2)), 31, new Fate.Failed(Fate.Code.REFUSED, "no"));
        }
        byte[] all = Files.readAllBytes(file);
        History whole = HistoryReader.read(file);
        for (int length = 0; length < all.length; length++) {
            Path part = folder.resolve("part-" + length);
            Files.write(part, Arrays.copyOf(all, length));
            History history = HistoryReader.read(part);
            assertThat(history.operations()).hasSizeBetween(0, 2);
            if (length < all.length - 1) {
                assertThat(history).isNotEqualTo(whole);
            }
        }
    }

    @Test
    void aFileThatIsNoHistoryIsRefused() throws IOException {
        for (String text :
                List.of("[1]x", "{\"b\":0}", "{\"b\":7,\"t\":1,\"c\":1,\"compact\":[3]}", "{\"what\":1}", "nonsense")) {
            Path file =
                    Files.write(folder.resolve("bad-" + text.length()), (text + "\n").getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> HistoryReader.read(file)).as(text).isInstanceOf(JsonProcessingException.class);
        }
    }

    @Test
    void aHistoryIsNotOverwritten() throws IOException {
        Path file = folder.resolve("history");
        HistoryWriter.create(file).close();
        assertThatThrownBy(() -> HistoryWriter.create(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void anAnswerMustFitItsCall() {
        assertThatThrownBy(() ->
                        new Operation(0, 1, "m", 0, 1, 2, new Call.Compact(2), new Reply.Range(2, List.of(), 0, false)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
