package io.kvorum.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SchemaRulesTest {
    /** Single quotes are double ones, and ` is a single one. */
    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('\'', '"').replace('`', '\''));
    }

    private static final String SPEC = "{'type':'object','properties':{'spec':{'type':'object',"
            + "'x-kubernetes-validations':[{'rule':'%s'%s}],'properties':{"
            + "'minReplicas':{'type':'integer'},'replicas':{'type':'integer'},'maxReplicas':{'type':'integer'},"
            + "'memory':{'type':'string'},'address':{'type':'string'},"
            + "'names':{'type':'array','maxItems':10,'items':{'type':'string','maxLength':20}},"
            + "'a-b':{'type':'string'},"
            + "'labels':{'type':'object','additionalProperties':{'type':'string'}}}}}}";

    private static List<SchemaRules.Finding> check(String rule, String spec, String old) throws Exception {
        JsonNode schema = json(SPEC.formatted(rule, ""));
        assertThat(SchemaRules.problems(schema)).isEmpty();
        return SchemaRules.of(schema)
                .check(json("{'spec':" + spec + "}"), old.isEmpty() ? null : json("{'spec':" + old + "}"));
    }

    private static void holds(String rule, String spec) throws Exception {
        assertThat(check(rule, spec, "")).as(rule).isEmpty();
    }

    private static void fails(String rule, String spec) throws Exception {
        assertThat(check(rule, spec, "")).as(rule).hasSize(1);
    }

    @Test
    void aRuleHoldsOrIsAFinding() throws Exception {
        String rule = "self.minReplicas <= self.replicas && self.replicas <= self.maxReplicas";
        holds(rule, "{'minReplicas':1,'replicas':2,'maxReplicas':3}");
        assertThat(check(rule, "{'minReplicas':1,'replicas':5,'maxReplicas':3}", ""))
                .containsExactly(
                        new SchemaRules.Finding("spec", "object", "FieldValueInvalid", "failed rule: " + rule));
    }

    @Test
    void listsMapsAndStringsHaveTheirFunctions() throws Exception {
        holds("self.names.all(n, n.startsWith(`x`))", "{'names':['xa','xb']}");
        fails("self.names.all(n, n.startsWith(`x`))", "{'names':['xa','b']}");
        holds("self.names.isSorted()", "{'names':['a','b']}");
        fails("self.names.isSorted()", "{'names':['b','a']}");
        holds("`k` in self.labels && self.labels[`k`] == `v`", "{'labels':{'k':'v'}}");
        holds("!has(self.replicas)", "{}");
        holds("self.a__dash__b == `x`", "{'a-b':'x'}");
        holds("size(self.names) == 2", "{'names':['a','b']}");
        holds("self.names.exists_one(n, n == `a`)", "{'names':['a','b']}");
    }

    @Test
    void kubernetesHasFunctionsOfItsOwn() throws Exception {
        holds("quantity(self.memory).isLessThan(quantity(`2Gi`))", "{'memory':'512Mi'}");
        fails("quantity(self.memory).isLessThan(quantity(`2Gi`))", "{'memory':'4Gi'}");
        holds("isIP(self.address) && ip(self.address).family() == 4", "{'address':'10.0.0.1'}");
        holds("cidr(`10.0.0.0/8`).containsIP(ip(self.address))", "{'address':'10.2.3.4'}");
        fails("cidr(`10.0.0.0/8`).containsIP(ip(self.address))", "{'address':'11.2.3.4'}");
        holds(
                "isURL(self.address) && url(self.address).getHostname() == `example.com`",
                "{'address':'https://example.com:80/x'}");
        holds("self.address.find(`[0-9]+`) == `123`", "{'address':'abc 123'}");
        holds("self.names.indexOf(`b`) == 1", "{'names':['a','b']}");
    }

    @Test
    void transitionsAreLookedAtOnUpdates() throws Exception {
        String rule = "self.replicas >= oldSelf.replicas";
        assertThat(check(rule, "{'replicas':1}", "")).isEmpty();
        assertThat(check(rule, "{'replicas':2}", "{'replicas':1}")).isEmpty();
        assertThat(check(rule, "{'replicas':1}", "{'replicas':2}")).hasSize(1);
    }

    @Test
    void whatIsNotThereIsAnErrorOfTheRule() throws Exception {
        assertThat(check("self.replicas > 1", "{}", ""))
                .extracting(SchemaRules.Finding::message)
                .singleElement()
                .matches(message -> message.startsWith("no such key: replicas evaluating rule: "));
    }

    @Test
    void messagesCanBeFixedOrMade() throws Exception {
        JsonNode fixed =
                json(SPEC.formatted("self.replicas < 3", ",'message':'too many','reason':'FieldValueForbidden'"));
        assertThat(SchemaRules.of(fixed).check(json("{'spec':{'replicas':5}}"), null))
                .containsExactly(new SchemaRules.Finding("spec", "object", "FieldValueForbidden", "too many"));
        JsonNode made = json(SPEC.formatted(
                "self.replicas < 3", ",'fieldPath':'.replicas','messageExpression':'`has ` + string(self.replicas)'"));
        assertThat(SchemaRules.of(made).check(json("{'spec':{'replicas':5}}"), null))
                .containsExactly(new SchemaRules.Finding("spec.replicas", "object", "FieldValueInvalid", "has 5"));
    }

    @Test
    void rulesThatCannotBeAreTold() throws Exception {
        assertThat(SchemaRules.problems(json(SPEC.formatted("self.absent == 1", ""))))
                .extracting(SchemaRules.Problem::message)
                .singleElement()
                .matches(message ->
                        message.startsWith("compilation failed: ERROR: <input>:1:5: undefined field 'absent'"));
        assertThat(SchemaRules.problems(json(SPEC.formatted("self.replicas ==", ""))))
                .extracting(SchemaRules.Problem::message)
                .singleElement()
                .matches(message -> message.contains("Syntax error: mismatched input"));
        assertThat(SchemaRules.problems(json(SPEC.formatted("self = 42", ""))))
                .extracting(SchemaRules.Problem::message)
                .singleElement()
                .matches(message -> message.startsWith(
                        "compilation failed: ERROR: <input>:1:6: Syntax error: token recognition error at: '= '"));
        assertThat(SchemaRules.problems(json(SPEC.formatted("self.replicas", ""))))
                .extracting(SchemaRules.Problem::message)
                .containsExactly("cel expression must evaluate to a bool");
        assertThat(SchemaRules.problems(json(SPEC.formatted("self.replicas == `a`", ""))))
                .extracting(SchemaRules.Problem::message)
                .singleElement()
                .matches(message -> message.contains("found no matching overload for '_==_'"));
    }

    @Test
    void rulesThatMayCostTooMuchAreTold() throws Exception {
        String unbounded = "{'type':'object','properties':{'list':{'type':'array','items':{'type':'array','items':"
                + "{'type':'string'}},'x-kubernetes-validations':[{'rule':'self.all(a, a.all(b, b.contains(`x`)))'}]}}}";
        String at = "properties[list].x-kubernetes-validations[0].rule";
        String advice = " exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems,"
                + " maxProperties, and maxLength where arrays, maps, and strings are declared)";
        assertThat(SchemaRules.problems(json(unbounded)))
                .extracting(SchemaRules.Problem::path, SchemaRules.Problem::message)
                .containsExactly(
                        tuple(at, "estimated rule cost" + advice),
                        tuple(
                                at,
                                "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3"
                                        + " schema"),
                        tuple(
                                "",
                                "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
                                        + advice));
    }

    @Test
    void rulesThatDoCostTooMuchEndTheCheck() throws Exception {
        String rule = "self.all(x, self.all(y, x == y))";
        SchemaRules rules = SchemaRules.of(json("{'type':'object','properties':{'list':{'type':'array','maxItems':725,"
                + "'items':{'type':'integer'},'x-kubernetes-validations':[{'rule':'" + rule
                + "'},{'rule':'false'}]}}}"));
        assertThat(rules.check(json("{'list':" + "[20" + ",20".repeat(724) + "]}"), null))
                .containsExactly(new SchemaRules.Finding(
                        "list",
                        "array",
                        "FieldValueInvalid",
                        "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due"
                                + " to call cost exceeds limit for rule: " + rule));
        assertThat(rules.check(json("{'list':[20,20]}"), null))
                .containsExactly(new SchemaRules.Finding("list", "array", "FieldValueInvalid", "failed rule: false"));
    }

    @Test
    void allRulesOfAnObjectTogetherHaveABudget() throws Exception {
        String rule = "self.all(x, self.all(y, x == y))";
        SchemaRules rules = SchemaRules.of(json("{'type':'object','properties':{'lists':{'type':'array','items':{"
                + "'type':'array','items':{'type':'integer'},'x-kubernetes-validations':[{'rule':'" + rule
                + "'}]}}}}"));
        String list = "[20" + ",20".repeat(399) + "]";
        assertThat(rules.check(json("{'lists':[" + list + ("," + list).repeat(19) + "]}"), null))
                .extracting(SchemaRules.Finding::message)
                .containsExactly(
                        "validation failed due to running out of cost budget, no further validation rules will be run");
    }

    @Test
    void anErrorOfARuleNamesTheRule() throws Exception {
        String divides = "1 / self.replicas == 1";
        assertThat(SchemaRules.of(json(SPEC.formatted(divides, ""))).check(json("{'spec':{'replicas':0}}"), null))
                .extracting(SchemaRules.Finding::message)
                .singleElement()
                .matches(message -> message.endsWith(" evaluating rule: " + divides));
    }
}
