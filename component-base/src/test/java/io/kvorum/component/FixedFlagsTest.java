package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FixedFlagsTest {
    private static void check(String... args) {
        ComponentFlags flags = new ComponentFlags();
        FixedFlags fixed = new FixedFlags(flags)
                .always("use-own", true, "each acts as itself")
                .only("media-type", List.of("", "json"), "objects are stored as JSON")
                .none("the stores are found by --join", "servers", "prefix");
        flags.parse(List.of(args));
        fixed.check();
    }

    @Test
    void whatIsTheCaseMayBeSaid() {
        assertThatCode(() -> check()).doesNotThrowAnyException();
        assertThatCode(() -> check("--use-own", "--media-type=json")).doesNotThrowAnyException();
        assertThatCode(() -> check("--use-own=true", "--media-type=")).doesNotThrowAnyException();
    }

    @Test
    void theRemedyIsTold() {
        assertThatThrownBy(() -> check("--use-own=false"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--use-own: \"false\" cannot be had: each acts as itself; leave it out");
        assertThatThrownBy(() -> check("--media-type=protobuf"))
                .hasMessage("--media-type: \"protobuf\" cannot be had: objects are stored as JSON; leave it out");
        assertThatThrownBy(() -> check("--prefix=/a"))
                .hasMessage("--prefix has no meaning here: the stores are found by --join");
    }
}
