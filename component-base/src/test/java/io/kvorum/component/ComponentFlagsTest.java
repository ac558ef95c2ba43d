package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComponentFlagsTest {
    private final ComponentFlags flags = new ComponentFlags();
    private final Supplier<String> name = flags.text("name", "store-0", "Name.");
    private final Supplier<@Nullable String> label = flags.optionalText("label", "Label.");
    private final Supplier<Integer> port = flags.integer("secure-port", 6443, "Port.");
    private final Supplier<Boolean> elect = flags.bool("leader-elect", true, "Elect.");
    private final Supplier<Duration> period = flags.duration("period", Duration.ofSeconds(10), "Period.");
    private final Supplier<List<String>> controllers = flags.list("controllers", List.of("*"), "Controllers.");
    private final Supplier<@Nullable Path> config = flags.optionalPath("config", "File.");

    @TempDir
    Path folder;

    private void parse(String... args) {
        flags.parse(List.of(args));
    }

    @Test
    void valuesComeAfterEqualsSignOrSpace() {
        parse("--name=a=b", "--label", "x", "--secure-port", "1", "--leader-elect=false", "--period=1m30s");
        assertThat(name.get()).isEqualTo("a=b");
        assertThat(label.get()).isEqualTo("x");
        assertThat(port.get()).isEqualTo(1);
        assertThat(elect.get()).isFalse();
        assertThat(period.get()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void defaultsHoldForWhatIsNotGiven() {
        parse();
        assertThat(name.get()).isEqualTo("store-0");
        assertThat(label.get()).isNull();
        assertThat(port.get()).isEqualTo(6443);
        assertThat(elect.get()).isTrue();
        assertThat(controllers.get()).containsExactly("*");
    }

    @Test
    void switchesTakeAWordOnlyWhenItIsTrueOrFalse() {
        parse("--leader-elect", "false", "--name", "x");
        assertThat(elect.get()).isFalse();
        assertThat(name.get()).isEqualTo("x");
    }

    @Test
    void theLastValueCountsAndListsAddUp() {
        parse("--name=a", "--name=b", "--controllers=a,b", "--controllers", "c");
        assertThat(name.get()).isEqualTo("b");
        assertThat(controllers.get()).containsExactly("a", "b", "c");
    }

    @Test
    void theCommandLineOverridesTheFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("flags"),
                "# comment\n\nname = from-file\nsecure-port=7\ncontrollers=x\ncontrollers=y\n");
        parse("--config", file.toString(), "--name=from-line");
        assertThat(config.get()).isEqualTo(file);
        assertThat(name.get()).isEqualTo("from-line");
        assertThat(port.get()).isEqualTo(7);
        assertThat(controllers.get()).containsExactly("x", "y");
    }

    private void assertWrong(String message, String... args) {
        assertThatThrownBy(() -> parse(args)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void wrongInputNamesFlagAndRemedy() {
        assertWrong("unknown flag: --secure-prt; did you mean --secure-port?", "--secure-prt=1");
        assertWrong("unknown flag: --zzzzzzzz; --help lists the flags", "--zzzzzzzz");
        assertWrong("flag needs an argument: --name", "--name");
        assertWrong("invalid argument \"x\" for \"--secure-port\": give a whole number", "--secure-port=x");
        assertWrong("invalid argument \"maybe\" for \"--leader-elect\": give true or false", "--leader-elect=maybe");
        assertWrong(
                "invalid argument \"10\" for \"--period\": time: missing unit in duration \"10\"", "--period", "10");
        assertWrong("unexpected argument \"start\"; flags are --name=value", "start");
    }

    @Test
    void aWrongFileNamesItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("flags"), "name=x\nnonsense\n");
        assertWrong(file + ":2: want name=value, not \"nonsense\"", "--config=" + file);
        Path unknown = Files.writeString(folder.resolve("unknown"), "nam=x\n");
        assertWrong("unknown flag: " + unknown + ":1 (nam); did you mean --name?", "--config=" + unknown);
        assertThatThrownBy(() -> parse("--config=" + folder.resolve("missing")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot read --config");
    }

    @Test
    void askingBeforeParsingIsAProgrammersError() {
        assertThatThrownBy(name::get).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> flags.text("name", "", "")).isInstanceOf(IllegalStateException.class);
    }
}
