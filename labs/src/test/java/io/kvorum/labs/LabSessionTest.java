package io.kvorum.labs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabSessionTest {
    @TempDir
    Path folder;

    private final FakeCluster cluster = new FakeCluster();
    private LabSession session;

    /** Answers from a table; remembers what was asked. */
    private static final class FakeCluster implements LabCluster {
        final List<String> asked = new ArrayList<>();
        final Map<String, Output> answers = new HashMap<>();

        private Output answer(String asking) {
            asked.add(asking);
            return answers.getOrDefault(asking, new Output(0, "", ""));
        }

        @Override
        public Output kubectl(LabRun run, List<String> words, Duration limit) {
            return answer("kubectl " + String.join(" ", words));
        }

        @Override
        public Output kvorum(List<String> words, Duration limit) {
            return answer("kvorum " + String.join(" ", words));
        }

        @Override
        public Output script(LabRun run, String script, List<String> arguments, Duration limit) {
            return answer(script + " " + String.join(" ", arguments));
        }

        @Override
        public Map<String, Integer> counts() {
            return Map.of("node", 1, "apiserver", 1);
        }

        @Override
        public List<String> notReady() {
            return List.of();
        }
    }

    private static Lab.Step step(String name) {
        return new Lab.Step(
                name,
                "do " + name,
                List.of(new Check.OfScript("check.sh", List.of(name), Duration.ofSeconds(1))),
                List.of(name + " gently", name + " plainly"));
    }

    @BeforeEach
    void session() {
        Lab lab = new Lab(
                "try",
                folder,
                "Try",
                5,
                Map.of("node", 2, "apiserver", 1),
                new Lab.Setup(List.of(), List.of(), "setup.sh", "reset.sh", Duration.ofSeconds(1)),
                List.of(step("one"), step("two")),
                "solve.sh");
        session = new LabSession(
                lab, cluster, folder.resolve("state"), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), line -> {});
    }

    private void answer(String check, int exitCode, String line) {
        cluster.answers.put("check.sh " + check, new LabCluster.Output(exitCode, "noise\n" + line + "\n", ""));
    }

    @Test
    void startScalesOnlyWhatIsTooFewAndResetScalesItBack() {
        session.start();
        assertThat(cluster.asked)
                .containsExactly("kvorum scale node 2", "kubectl create namespace lab-try", "setup.sh ");
        cluster.asked.clear();
        session.reset();
        assertThat(cluster.asked)
                .containsExactly(
                        "kvorum fault heal",
                        "reset.sh ",
                        "kubectl delete namespace lab-try --ignore-not-found --timeout=60s",
                        "kvorum scale node 1");
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void aStepThatWasPassedStaysPassedAndTheFirstThatIsNotEndsTheCheck() {
        session.start();
        answer("one", 0, "well done");
        answer("two", 1, "not yet: look there");
        LabSession.Grade grade = session.check();
        assertThat(grade.passed()).isEqualTo(1);
        assertThat(grade.solved()).isFalse();
        assertThat(grade.verdicts())
                .containsExactly(new Verdict(true, "well done"), new Verdict(false, "not yet: look there"));
        answer("one", 1, "gone again");
        answer("two", 0, "done");
        assertThat(session.check().solved()).isTrue();
        assertThat(session.solved()).isTrue();
    }

    @Test
    void aCheckThatBreaksIsNoVerdict() {
        session.start();
        answer("one", 127, "no such command");
        assertThatThrownBy(() -> session.check())
                .isInstanceOf(LabException.class)
                .hasMessageContaining("broke");
    }

    @Test
    void hintsGoFromGentleToPlainAndStayThere() {
        session.start();
        assertThat(session.hint()).isEqualTo("one gently");
        assertThat(session.hint()).isEqualTo("one plainly");
        assertThat(session.hint()).isEqualTo("one plainly");
    }

    @Test
    void aStartThatFailsSaysWhyAndAsksForAReset() {
        cluster.answers.put("setup.sh ", new LabCluster.Output(1, "", "no leader"));
        assertThatThrownBy(() -> session.start()).hasMessageContaining("no leader");
        assertThatThrownBy(() -> session.check()).hasMessageContaining("reset try");
        assertThatThrownBy(() -> session.start()).hasMessageContaining("reset try first");
        session.reset();
        cluster.answers.clear();
        session.start();
        assertThat(session.progress()).isPresent();
    }

    @Test
    void whatWasNotStartedCannotBeGraded() {
        assertThatThrownBy(() -> session.check()).hasMessageContaining("kvorum lab start try");
    }

    @Test
    void startingTwiceIsRefused() {
        session.start();
        assertThatThrownBy(() -> session.start()).hasMessageContaining("started already");
    }

    @Test
    void aProgressFileThatCannotBeReadIsNamed() throws IOException {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(folder.resolve("state").resolve("progress.json"), "{");
        assertThatThrownBy(() -> session.progress()).hasMessageContaining("progress.json");
    }
}
