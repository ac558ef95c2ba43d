package io.kvorum.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a-b", "0", "a1"})
    void labels(String good) {
        assertThat(ObjectNames.dns1123Label(good)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "-a", "a-", "a_b", "ä"})
    void badLabels(String bad) {
        assertThat(ObjectNames.dns1123Label(bad))
                .containsExactly(
                        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and"
                                + " must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used"
                                + " for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
    }

    @Test
    void dotsAndLengthHaveTheirOwnTexts() {
        assertThat(ObjectNames.dns1123Label("a.b")).containsExactly("must not contain dots");
        assertThat(ObjectNames.dns1123Label("a".repeat(64))).contains("must be no more than 63 bytes");
        assertThat(ObjectNames.dns1123Subdomain("a".repeat(254))).contains("must be no more than 253 bytes");
    }

    @Test
    void servicesStartWithALetter() {
        assertThat(ObjectNames.dns1035Label("1a")).hasSize(1);
        assertThat(ObjectNames.dns1035Label("a1")).isEmpty();
    }

    @Test
    void qualifiedNames() {
        for (String good : new String[] {"a", "a.b_c-d", "example.com/a", "A"}) {
            assertThat(ObjectNames.qualifiedName(good)).as(good).isEmpty();
        }
        assertThat(ObjectNames.qualifiedName("/a")).containsExactly("prefix part must be non-empty");
        assertThat(ObjectNames.qualifiedName("a/b/c")).hasSize(1);
        assertThat(ObjectNames.qualifiedName("x/")).contains("name part must be non-empty");
        assertThat(ObjectNames.annotationKey("Example.COM/a")).isEmpty();
        assertThat(ObjectNames.labelKey("Example.COM/a")).isNotEmpty();
    }

    @Test
    void otherForms() {
        assertThat(ObjectNames.labelValue("")).isEmpty();
        assertThat(ObjectNames.labelValue("-")).hasSize(1);
        assertThat(ObjectNames.pathSegment("system:node")).isEmpty();
        assertThat(ObjectNames.pathSegment("a/b")).containsExactly("may not contain '/'");
        assertThat(ObjectNames.pathSegment("..")).containsExactly("may not be '..'");
        assertThat(ObjectNames.envVarName("A=B")).hasSize(1);
        assertThat(ObjectNames.envVarName("my var")).isEmpty();
        assertThat(ObjectNames.configMapKey("..data")).containsExactly("must not start with '..'");
        assertThat(ObjectNames.configMapKey("a/b")).hasSize(1);
        assertThat(ObjectNames.portName("http")).isEmpty();
        assertThat(ObjectNames.portName("80")).containsExactly("must contain at least one letter (a-z)");
        assertThat(ObjectNames.portName("a-very-long-port-name")).containsExactly("must be no more than 15 bytes");
        assertThat(ObjectNames.portNumber(0)).containsExactly("must be between 1 and 65535, inclusive");
    }
}
