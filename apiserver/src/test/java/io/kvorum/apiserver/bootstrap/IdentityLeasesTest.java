package io.kvorum.apiserver.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityLeasesTest {
    /** As {@code echo -n HOST | sha256sum | head -c 32 | xxd -r -p | base32} has it, in small letters. */
    @ParameterizedTest
    @CsvSource({"apiserver-0,apiserver-rmpsxx2io7gtdostp4gs4zilly", "apiserver-1,apiserver-qekgxdfco5tn67u6pv4kvfipwq"})
    void theNameIsAHashOfTheHost(String host, String name) {
        assertThat(IdentityLeases.nameOf(host)).isEqualTo(name);
    }
}
