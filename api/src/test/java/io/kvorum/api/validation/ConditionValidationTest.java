package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.Golden;
import io.kvorum.api.Tree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionValidationTest {
    private static final String GOOD =
            "'type':'Ready','status':'True','reason':'Because','lastTransitionTime':'2026-01-01T00:00:00Z'";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'type':'Ready'|'type':'Ready'|",
                "'status':'True'|'status':'x'|status: Unsupported value: \"x\": supported values: \"False\", \"True\", \"Unknown\"",
                "'reason':'Because'|'x':''|reason: Required value: must be set",
                "'reason':'Because'|'reason':'1'|reason: Invalid value: \"1\": a condition reason must start with alphabetic"
                        + " character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an"
                        + " alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB', "
                        + " or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')",
                "'lastTransitionTime'|'x'|lastTransitionTime: Required value: must be set",
                "'status':'True'|'status':'True','observedGeneration':-1|observedGeneration: Invalid value: -1: must be greater"
                        + " than or equal to zero",
            })
    void aConditionIsWhole(String from, String to, String finding) {
        String condition = GOOD.replace(from, to);
        FieldErrors errors = new FieldErrors();
        var conditions = Tree.items(Golden.tree("{'conditions':[{" + condition + "}]}"), "conditions");
        ConditionValidation.check(conditions, FieldPath.of("conditions"), errors);
        var found = assertThat(errors.causes()).extracting(cause -> cause.field() + ": " + cause.message());
        if (finding == null) {
            found.isEmpty();
        } else {
            found.containsExactly("conditions[0]." + finding);
        }
    }
}
