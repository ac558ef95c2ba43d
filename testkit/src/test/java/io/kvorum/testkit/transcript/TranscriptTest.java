package io.kvorum.testkit.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TranscriptTest {
    private static Transcript.Step only(String text) {
        Transcript transcript = Transcript.parse("t", text);
        assertThat(transcript.steps()).hasSize(1);
        return transcript.steps().get(0);
    }

    @Test
    void aStepIsACommandWithWhatItPrints() {
        Transcript transcript = Transcript.parse("t", "# of two steps\n\n$ echo a\na\n\n$ cat <<E\n> b\n>\n> E\nb\n");
        assertThat(transcript.steps())
                .extracting(Transcript.Step::command)
                .containsExactly("echo a", "cat <<E\nb\n\nE");
        assertThat(transcript.steps()).extracting(Transcript.Step::line).containsExactly(3, 6);
        assertThat(transcript.steps().get(1).expected().lines()).containsExactly("b");
    }

    @Test
    void whatIsNoStepIsToldWithItsLine() {
        assertThatThrownBy(() -> Transcript.parse("t", "# x\nfoo\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("t:2: ");
    }

    @Test
    void stepsCanBeForSomeVersions() {
        Transcript.Step since = only("$[1.29+] a\n");
        assertThat(since.isFor(Transcript.version("1.28"))).isFalse();
        assertThat(since.isFor(Transcript.version("1.29"))).isTrue();
        Transcript.Step until = only("$~[-1.28] a\n");
        assertThat(until.patient()).isTrue();
        assertThat(until.isFor(Transcript.version("1.28"))).isTrue();
        assertThat(until.isFor(Transcript.version("1.29"))).isFalse();
    }

    @Test
    void columnsMayBeOfAnyWidth() {
        Expectation expected = only("$ a\nNAME   AGE\nb   1s\n").expected();
        assertThat(expected.isMet("NAME AGE\nb      1s\n", 0)).isTrue();
        assertThat(expected.isMet("NAME AGE\nb      2s\n", 0)).isFalse();
        assertThat(expected.isMet("NAME AGE\nb      1s\n", 1)).isFalse();
        assertThat(expected.isMet("NAME AGE\nb      1s\nc 1s\n", 0)).isFalse();
    }

    @Test
    void partsMayBeLeftOpen() {
        Expectation expected =
                only("$ a\nfirst\n…\nat … o'clock\n/^[0-9]+s$/\n").expected();
        assertThat(expected.isMet("first\nat 5 o'clock\n12s\n", 0)).isTrue();
        assertThat(expected.isMet("first\nx\ny\nat 5 o'clock\n12s\n", 0)).isTrue();
        assertThat(expected.isMet("first\nx\nat 5 o'clock\n12m\n", 0)).isFalse();
    }

    @Test
    void anExitCodeIsExpectedWhereItIsTold() {
        Expectation expected = only("$ a\nno\n[exit 3]\n").expected();
        assertThat(expected.isMet("no\n", 3)).isTrue();
        assertThat(expected.isMet("no\n", 0)).isFalse();
    }
}
