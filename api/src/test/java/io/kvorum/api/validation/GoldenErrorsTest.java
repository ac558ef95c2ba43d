package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.StatusJson;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.patch.JsonPatch;
import io.kvorum.api.patch.SchemaPatchSchema;
import io.kvorum.api.patch.StrategicMergePatch;
import io.kvorum.api.schema.Schemas;
import io.kvorum.api.selector.FieldSelector;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.api.strategy.Strategies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals are word for word those of a real API server. */
class GoldenErrorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "no name",
                "bad name",
                "pod without containers",
                "pod bad restartPolicy and dup names",
                "pod request above limit",
                "deployment selector mismatch",
                "service port out of range",
                "bad label value"
            })
    void invalidObjectsAreRefusedAsUpstream(String name) {
        Golden.Exchange exchange = Golden.exchange(name);
        ObjectNode object = (ObjectNode) exchange.bodyTree();
        ResourceInfo resource = Golden.resource(object);
        prepare(resource, object);

        ApiException refusal = ApiException.invalid(
                resource.group(),
                resource.kind(),
                Tree.text(object, "metadata", "name"),
                Validation.create(resource, object));

        assertThat(StatusJson.of(refusal)).isEqualTo(exchange.answerTree());
    }

    /** The text before the diff is upstream's; the diff itself shows the fields as they are on the wire. */
    @Test
    void aPodsCommandIsImmutable() {
        ResourceInfo pods = Golden.resource("v1", "Pod");
        ObjectNode old =
                (ObjectNode) Golden.exchange("immutable pod field setup").bodyTree();
        prepare(pods, old);
        Golden.Exchange exchange = Golden.exchange("immutable pod field");
        ObjectNode next = StrategicMergePatch.apply(
                old, exchange.bodyTree(), new SchemaPatchSchema(Schemas.load().of("v1", "Pod")));
        Defaults.apply(pods, next);

        assertThat(Validation.update(pods, old, next)).singleElement().satisfies(cause -> {
            JsonNode expected =
                    exchange.answerTree().path("details").path("causes").get(0);
            assertThat(cause.reason()).isEqualTo(expected.path("reason").asText());
            assertThat(cause.field()).isEqualTo(expected.path("field").asText());
            assertThat(cause.message().split("\n")[0])
                    .isEqualTo(expected.path("message").asText().split("\n")[0]);
            assertThat(cause.message()).contains("\n+   \"command\": [\n+    \"x\"\n+   ],\n");
        });
    }

    @Test
    void selectorsAreRefusedAsUpstream() {
        assertThat(status(() -> LabelSelector.parse("a in b")))
                .isEqualTo(Golden.exchange("bad label selector").answerTree());
        assertThat(status(() -> FieldSelector.parse("spec.foo=x", Golden.resource("v1", "Pod"))))
                .isEqualTo(Golden.exchange("bad field selector").answerTree());
    }

    @ParameterizedTest
    @ValueSource(strings = {"json patch bad path", "json patch test fails"})
    void jsonPatchesThatDoNotApplyAreRefusedAsUpstream(String name) {
        ObjectNode map = Golden.tree("{'data':{'a':'1'}}");
        assertThat(status(() -> JsonPatch.apply(map, Golden.exchange(name).bodyTree())))
                .isEqualTo(Golden.exchange(name).answerTree());
    }

    @Test
    void wellKnownRefusalsAreWordedAsUpstream() {
        assertThat(StatusJson.of(ApiException.notFound("", "pods", "nope")))
                .isEqualTo(Golden.exchange("get missing pod").answerTree());
        assertThat(StatusJson.of(ApiException.alreadyExists("", "configmaps", "cm1")))
                .isEqualTo(Golden.exchange("already exists").answerTree());
        assertThat(StatusJson.of(ApiException.conflict(
                        "",
                        "configmaps",
                        "cm1",
                        "the object has been modified; please apply your changes to the latest version and try again")))
                .isEqualTo(Golden.exchange("stale update").answerTree());
        assertThat(StatusJson.of(
                        ApiException.forbidden("", "namespaces", "default", "this namespace may not be deleted")))
                .isEqualTo(Golden.exchange("delete default ns").answerTree());
        assertThat(StatusJson.of(ApiException.notFound("apps", "deployments", "none")))
                .isEqualTo(Golden.exchange("scale bad").answerTree());
    }

    private static JsonNode status(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return StatusJson.of(catchThrowableOfType(ApiException.class, call));
    }

    private static void prepare(ResourceInfo resource, ObjectNode object) {
        Tree.ensureObject(object, "metadata").put("namespace", "default");
        Defaults.apply(resource, object);
        Strategies.of(resource).prepareForCreate(object);
    }
}
