package io.kvorum.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyExpressionsTest {
    private static Expression compiled(PolicyExpressions expressions, String text) throws CelProblem {
        return expressions.compile(text, Expressions.Result.ANY);
    }

    @Test
    void aVariableIsThereForWhatComesAfterIt() throws Exception {
        PolicyExpressions expressions = PolicyExpressions.validating(false);
        assertThatThrownBy(() -> compiled(expressions, "variables.double > 2"))
                .hasMessageContaining("undefined field 'double'");
        expressions.define("double", compiled(expressions, "object.spec.replicas * 2"));
        expressions.define("many", compiled(expressions, "variables.double > 8"));
        assertThat(compiled(expressions, "variables.many ? 'many' : 'few'")
                        .evaluate(Map.of(), Map.of("variables", Map.of("many", true))))
                .isEqualTo("many");
        assertThatThrownBy(() -> compiled(expressions, "variables.many + 1"))
                .hasMessageContaining("found no matching overload for '_+_' applied to '(bool, int)'");
    }

    @Test
    void ofAVariableThatDoesNotCompileNothingIsKnown() throws Exception {
        PolicyExpressions expressions = PolicyExpressions.validating(false);
        expressions.define("broken", null);
        assertThat(compiled(expressions, "variables.broken + 1 == 2")).isNotNull();
    }

    @Test
    void matchConditionsComeBeforeVariablesAndParametersAreThereWhenThereAreSome() {
        assertThatThrownBy(() -> PolicyExpressions.validating(true)
                        .conditions()
                        .compile("variables.x == 1", Expressions.Result.BOOLEAN))
                .hasMessageContaining("undeclared reference to 'variables'");
        assertThatThrownBy(() -> compiled(PolicyExpressions.validating(false), "params.x == 1"))
                .hasMessageContaining("undeclared reference to 'params'");
    }

    @Test
    void theRequestHasTheFieldsOfAnAdmissionRequest() throws Exception {
        PolicyExpressions expressions = PolicyExpressions.validating(false);
        Expression expression = compiled(
                expressions,
                "request.kind.kind == 'Pod' && request.userInfo.groups[0] == 'admins' && !request.dryRun"
                        + " && request.options.fieldManager == 'me'");
        assertThat(expression.evaluate(Map.of("request", new ObjectMapper().readTree("""
                {"kind":{"group":"","version":"v1","kind":"Pod"},"userInfo":{"groups":["admins"]},"dryRun":false,
                 "options":{"fieldManager":"me"}}"""))))
                .isEqualTo(true);
        assertThatThrownBy(() -> compiled(expressions, "request.verb == 'x'"))
                .hasMessageContaining("undefined field 'verb'");
        assertThatThrownBy(() -> compiled(expressions, "namespaceObject.metadata.labels.env == 1"))
                .hasMessageContaining("'_==_' applied to '(string, int)'");
    }

    /** A word that CEL keeps for itself is a field all the same, of what is no object of the API. */
    @Test
    void requestsHaveTheirFieldsByTheirNames() throws Exception {
        Expression expression =
                compiled(PolicyExpressions.validating(false), "request.namespace == 'x' && request.name == 'a'");
        assertThat(expression.evaluate(
                        Map.of("request", new ObjectMapper().readTree("{\"namespace\":\"x\",\"name\":\"a\"}"))))
                .isEqualTo(true);
        assertThat(compiled(PolicyExpressions.validating(false), "namespaceObject.metadata.namespace == ''"))
                .isNotNull();
    }

    @Test
    void aKeyThatIsNotThereIsNamed() throws Exception {
        Expression expression =
                compiled(PolicyExpressions.validating(false), "request.userInfo.extra['team'][0] == 'a'");
        assertThatThrownBy(() -> expression.evaluate(
                        Map.of("request", new ObjectMapper().readTree("{\"userInfo\":{\"extra\":{}}}"))))
                .hasMessage("no such key: team");
    }
}
