package io.kvorum.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigExpressionsTest {
    private static Object evaluated(Expression expression, String variable, String json) throws Exception {
        return expression.evaluate(Map.of(variable, new ObjectMapper().readTree(json.replace('\'', '"'))));
    }

    @Test
    void conditionsSpeakOfRequests() throws Exception {
        Expression condition = ConfigExpressions.matchCondition(
                "has(request.resourceAttributes) && request.resourceAttributes.fieldSelector.requirements.exists(r,"
                        + " r.key == 'metadata.name' && 'a' in r.values) && request.extra['k'][0] == 'v'");
        String request = "{'user':'bob','groups':[],'uid':'','extra':{'k':['v']},'resourceAttributes':{'verb':'list',"
                + "'fieldSelector':{'requirements':[{'key':'metadata.name','operator':'In','values':['a']}]}}}";
        assertThat(evaluated(condition, "request", request)).isEqualTo(true);
        assertThat(evaluated(condition, "request", "{'nonResourceAttributes':{'path':'/x','verb':'get'}}"))
                .isEqualTo(false);
        assertThatThrownBy(() -> ConfigExpressions.matchCondition("request.groups"))
                .hasMessage("must evaluate to bool but got list(string)");
    }

    @Test
    void rulesSpeakOfClaimsAndUsers() throws Exception {
        assertThat(evaluated(
                        ConfigExpressions.claimRule("claims.a.b == 1 && claims.c"), "claims", "{'a':{'b':1},'c':true}"))
                .isEqualTo(true);
        assertThat(evaluated(ConfigExpressions.userRule("'g' in user.groups"), "user", "{'groups':['g']}"))
                .isEqualTo(true);
        assertThat(evaluated(ConfigExpressions.claimMapping("claims.sub"), "claims", "{'sub':'x'}"))
                .isEqualTo("x");
        assertThatThrownBy(() -> ConfigExpressions.claimRule("claims.sub")).hasMessage("must evaluate to bool");
        assertThatThrownBy(() -> ConfigExpressions.userRule("user.email == ''"))
                .hasMessageContaining("undefined field 'email'");
    }

    @Test
    void itIsKnownWhichFieldsAreTaken() throws Exception {
        for (String text : new String[] {
            "claims.email",
            "claims.?email.orValue('')",
            "[1].map(x, claims.email)",
            "{'a': claims.email}",
            "claims.a == '' ? claims.email : claims.b",
            "has(claims.email)"
        }) {
            assertThat(ConfigExpressions.claimMapping(text).selects("claims", "email"))
                    .as(text)
                    .isTrue();
        }
        assertThat(ConfigExpressions.claimMapping("claims.a.email").selects("claims", "email"))
                .isFalse();
        assertThat(ConfigExpressions.claimMapping("'claims.email'").selects("claims", "email"))
                .isFalse();
    }
}
