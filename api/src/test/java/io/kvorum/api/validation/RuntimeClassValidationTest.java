package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeClassValidationTest {
    private static String runtime(String fields) {
        return "{'apiVersion':'node.k8s.io/v1','kind':'RuntimeClass','metadata':{'name':'x'}," + fields + "}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'handler':''|handler: Invalid value: \"\": a lowercase RFC 1123 label must consist of",
                "'handler':'a.b'|handler: Invalid value: \"a.b\": must not contain dots",
                "'handler':'h','overhead':{'podFixed':{'cpu':'-1'}}|overhead.limits[cpu]: Invalid value: \"-1\": must be greater"
                        + " than or equal to 0",
                "'handler':'h','scheduling':{'nodeSelector':{'a b':'c'}}|scheduling.nodeSelector: Invalid value: \"a b\": name part",
                "'handler':'h','scheduling':{'tolerations':[{'operator':'Exists','effect':'x'}]}|scheduling.tolerations[0].effect:"
                        + " Unsupported value: \"x\"",
                "'handler':'h','scheduling':{'tolerations':[{'key':'a','operator':'Exists'},{'key':'a','operator':'Exists'}]}|"
                        + "scheduling.tolerations[1]: Duplicate value: {\"Key\":\"a\",\"Operator\":\"Exists\",\"Value\":\"\","
                        + "\"Effect\":\"\",\"TolerationSeconds\":null}",
            })
    void whatIsWrongIsFound(String fields, String finding) {
        assertThat(Findings.of(runtime(fields))).singleElement().asString().startsWith(finding);
    }

    @Test
    void itsHandlerStays() {
        assertThat(Findings.ofUpdate(
                        runtime("'handler':'a'"), runtime("'handler':'b','overhead':{'podFixed':{'cpu':'1'}}")))
                .containsExactly("handler: Invalid value: \"b\": field is immutable");
    }
}
