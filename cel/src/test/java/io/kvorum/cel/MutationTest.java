package io.kvorum.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MutationTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String OBJECT = "{'metadata':{'name':'web','labels':{'a/b':'c'}},'spec':{'replicas':3}}";

    private final Expressions expressions = Expressions.mutating(Map.of("object", ValueType.dynamic()));

    private static JsonNode json(String text) throws Exception {
        return MAPPER.readTree(text.replace('\'', '"'));
    }

    private JsonNode configuration(String expression) throws Exception {
        return Mutation.of(expressions.compile(expression, Expressions.Result.OBJECT))
                .configuration(Map.of("object", json(OBJECT)), Map.of());
    }

    private JsonNode patch(String expression) throws Exception {
        return Mutation.of(expressions.compile(expression, Expressions.Result.JSON_PATCH))
                .patch(Map.of("object", json(OBJECT)), Map.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Object{} | {}",
                "Object{spec: Object.spec{replicas: object.spec.replicas + 1}} | {'spec':{'replicas':4}}",
                "Object{metadata: Object.metadata{labels: Object.metadata.labels{env: \"test\"}}}"
                        + " | {'metadata':{'labels':{'env':'test'}}}",
                "Object{metadata: Object.metadata{labels: {\"x/y\": object.metadata.name}}}"
                        + " | {'metadata':{'labels':{'x/y':'web'}}}",
                "Object{spec: Object.spec{items: [Object.spec.items{name: \"a\", on: true}, Object.spec.items{name: \"b\"}]}}"
                        + " | {'spec':{'items':[{'name':'a','on':true},{'name':'b'}]}}",
                "object.spec.replicas > 2 ? Object{spec: Object.spec{big: 1.5}} : Object{} | {'spec':{'big':1.5}}",
                "Object{spec: Object.spec{?gone: optional.none(), ?there: optional.of(\"x\")}} | {'spec':{'there':'x'}}",
                "Object{spec: Object.spec{all: [1, 2].map(n, Object.spec.all{n: n})}} | {'spec':{'all':[{'n':1},{'n':2}]}}",
                "Object{spec: Object.spec{copy: object.metadata, none: null, time: duration(\"90s\")}}"
                        + " | {'spec':{'copy':{'name':'web','labels':{'a/b':'c'}},'none':null,'time':'90s'}}",
            })
    void anInitializerMakesWhatItSays(String expression, String made) throws Exception {
        assertThat(configuration(expression)).hasToString(made.replace('\'', '"'));
    }

    @Test
    void operationsOfAPatchAreMadeAlike() throws Exception {
        assertThat(patch("[JSONPatch{op: \"test\", path: \"/spec/replicas\", value: 3},"
                        + " JSONPatch{op: \"add\", path: \"/metadata/labels/\" + jsonpatch.escapeKey(\"x/~y\"), value: \"z\"},"
                        + " JSONPatch{op: \"add\", path: \"/spec/template\", value: Object.spec.template{a: [1]}}]"))
                .hasToString(json("[{'op':'test','path':'/spec/replicas','value':3},"
                                + "{'op':'add','path':'/metadata/labels/x~1~0y','value':'z'},"
                                + "{'op':'add','path':'/spec/template','value':{'a':[1]}}]")
                        .toString());
    }

    @Test
    void aTypeIsNamedAfterItsPlace() {
        assertThatThrownBy(() -> configuration("Object{spec: Object.spec{selector: Object.spec.wrong{}}}"))
                .isInstanceOf(CelProblem.class)
                .hasMessage("type mismatch: unexpected type name \"Object.spec.wrong\", expected"
                        + " \"Object.spec.selector\", which matches field name path from root Object type");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "OBJECT | object.metadata | must evaluate to Object",
                "OBJECT | {\"spec\": 1} | must evaluate to Object",
                "OBJECT | Object.spec{} | must evaluate to Object",
                "OBJECT | true ? Object{} : Object.spec{} | no matching overload",
                "OBJECT | Thing{} | undeclared reference to 'Thing'",
                "JSON_PATCH | [\"x\"] | must evaluate to list(JSONPatch)",
                "JSON_PATCH | [JSONPatch{operation: \"add\"}] | undefined field 'operation'",
                "BOOLEAN | Object{} | cel expression must evaluate to a bool",
            })
    void whatIsOfAnotherTypeDoesNotCompile(Expressions.Result result, String expression, String why) {
        assertThatThrownBy(() -> expressions.compile(expression, result))
                .isInstanceOf(CelProblem.class)
                .hasMessageContaining(why);
    }

    @Test
    void onlyMutationsKnowInitializers() {
        Expressions others = Expressions.with(Map.of("object", ValueType.dynamic()));
        assertThatThrownBy(() -> others.compile("Object{} == object", Expressions.Result.BOOLEAN))
                .isInstanceOf(CelProblem.class)
                .hasMessageContaining("undeclared reference to 'Object'");
    }
}
