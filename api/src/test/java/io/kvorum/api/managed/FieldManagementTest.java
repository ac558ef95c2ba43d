package io.kvorum.api.managed;

import static io.kvorum.api.managed.Trees.json;
import static io.kvorum.api.managed.Trees.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Merges, removals and conflicts on Pods (lists with keys, sets, atomic lists and maps) and on kinds without a schema. */
class FieldManagementTest {
    private static final FieldManagement PODS = FieldManagement.of(BuiltinTypes.load(), "v1", "Pod");
    private static final FieldManagement THINGS = FieldManagement.of(BuiltinTypes.load(), "example.com/v1", "Thing");

    private static ObjectNode pod(String spec) {
        return object("{apiVersion:'v1',kind:'Pod',metadata:{name:'p'},spec:" + spec + "}");
    }

    private static ObjectNode thing(String spec) {
        return object("{apiVersion:'example.com/v1',kind:'Thing',metadata:{name:'t'},spec:" + spec + "}");
    }

    private static ObjectNode apply(
            FieldManagement kind, @Nullable ObjectNode live, ObjectNode config, String manager) {
        return kind.applied(live, config, manager, false, "2026-01-01T00:00:00Z");
    }

    private static ObjectNode pod(@Nullable ObjectNode live, String spec, String manager) {
        return apply(PODS, live, pod(spec), manager);
    }

    private static JsonNode fields(ObjectNode object, String manager) {
        for (JsonNode entry : object.at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals(manager)) {
                return entry.path("fieldsV1");
            }
        }
        return json("null");
    }

    @Test
    void itemsOfAListWithKeysBelongToWhomAppliesThem() {
        ObjectNode one = pod(null, "{containers:[{name:'a',image:'1'}]}", "one");
        ObjectNode both = pod(one, "{containers:[{name:'b',image:'2'}]}", "two");
        assertThat(both.at("/spec/containers")).isEqualTo(json("[{name:'a',image:'1'},{name:'b',image:'2'}]"));
        ObjectNode less = pod(both, "{nodeName:'n'}", "two");
        assertThat(less.at("/spec")).isEqualTo(json("{containers:[{name:'a',image:'1'}],nodeName:'n'}"));
        assertThat(fields(less, "two")).isEqualTo(json("{'f:spec':{'f:nodeName':{}}}"));
    }

    @Test
    void whatTwoApplyGoesWhenBothGiveItUp() {
        String spec = "{nodeName:'n',containers:[{name:'a',image:'1'}]}";
        ObjectNode both = pod(pod(null, spec, "one"), spec, "two");
        ObjectNode stays = pod(both, "{containers:[{name:'a',image:'1'}]}", "one");
        assertThat(stays.at("/spec/nodeName").asText()).isEqualTo("n");
        ObjectNode goes = pod(stays, "{containers:[{name:'a',image:'1'}]}", "two");
        assertThat(goes.path("spec").has("nodeName")).isFalse();
    }

    @Test
    void theOrderOfTheAppliedListCounts() {
        ObjectNode live = pod(null, "{containers:[{name:'a'},{name:'b'},{name:'c'}]}", "one");
        ObjectNode more = pod(live, "{containers:[{name:'x'},{name:'b'},{name:'y'}]}", "two");
        assertThat(names(more)).isEqualTo("a x b c y");
        ObjectNode turned = pod(live, "{containers:[{name:'c'},{name:'b'},{name:'a'}]}", "one");
        assertThat(names(turned)).isEqualTo("c b a");
    }

    private static String names(ObjectNode pod) {
        StringBuilder names = new StringBuilder();
        pod.at("/spec/containers")
                .forEach(item -> names.append(' ').append(item.path("name").asText()));
        return names.toString().trim();
    }

    @Test
    void atomicListsAndMapsAreOneField() {
        ObjectNode live = pod(null, "{nodeSelector:{a:'1',b:'2'},containers:[{name:'a',command:['x','y']}]}", "one");
        assertThat(fields(live, "one"))
                .isEqualTo(
                        json(
                                "{'f:spec':{'f:containers':{'k:{\"name\":\"a\"}':{'.':{},'f:command':{},'f:name':{}}},'f:nodeSelector':{}}}"));
        ApiException refused = catchThrowableOfType(
                ApiException.class,
                () -> pod(live, "{nodeSelector:{c:'3'},containers:[{name:'a',command:['z']}]}", "two"));
        assertThat(refused)
                .hasMessage(
                        "Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.containers[name=\"a\"].command\n- .spec.nodeSelector");
        ObjectNode taken = PODS.applied(
                live, pod("{nodeSelector:{c:'3'},containers:[{name:'a',command:['z']}]}"), "two", true, "");
        assertThat(taken.path("spec")).isEqualTo(json("{nodeSelector:{c:'3'},containers:[{name:'a',command:['z']}]}"));
        assertThat(fields(taken, "one"))
                .isEqualTo(json("{'f:spec':{'f:containers':{'k:{\"name\":\"a\"}':{'.':{},'f:name':{}}}}}"));
    }

    @Test
    void setsAreMergedByValue() {
        ObjectNode live = apply(
                PODS, null, object("{apiVersion:'v1',kind:'Pod',metadata:{name:'p',finalizers:['a/1','b/1']}}"), "one");
        ObjectNode more = apply(
                PODS, live, object("{apiVersion:'v1',kind:'Pod',metadata:{name:'p',finalizers:['b/1','c/1']}}"), "two");
        assertThat(more.at("/metadata/finalizers")).isEqualTo(json("['a/1','b/1','c/1']"));
        assertThat(fields(more, "two"))
                .isEqualTo(json("{'f:metadata':{'f:finalizers':{'v:\"b/1\"':{},'v:\"c/1\"':{}}}}"));
        ObjectNode less = apply(PODS, more, object("{apiVersion:'v1',kind:'Pod',metadata:{name:'p'}}"), "one");
        assertThat(less.at("/metadata/finalizers")).isEqualTo(json("['b/1','c/1']"));
    }

    @Test
    void aKeyThatIsLeftOutHasItsDefault() {
        ObjectNode live = pod(null, "{containers:[{name:'a',ports:[{containerPort:80,protocol:'TCP'}]}]}", "one");
        ObjectNode named = pod(live, "{containers:[{name:'a',ports:[{containerPort:80,name:'web'}]}]}", "two");
        assertThat(named.at("/spec/containers/0/ports")).hasSize(1);
    }

    @Test
    void whatASchemaDoesNotKnowIsMergedFieldByFieldAndListsAreWhole() {
        ObjectNode live = apply(THINGS, null, thing("{a:1,deep:{x:1,list:[1,2]}}"), "one");
        ObjectNode more = apply(THINGS, live, thing("{deep:{y:2}}"), "two");
        assertThat(more.path("spec")).isEqualTo(json("{a:1,deep:{x:1,list:[1,2],y:2}}"));
        ApiException refused =
                catchThrowableOfType(ApiException.class, () -> apply(THINGS, more, thing("{deep:{list:[3]}}"), "two"));
        assertThat(refused).hasMessage("Apply failed with 1 conflict: conflict with \"one\": .spec.deep.list");
        ObjectNode less = apply(THINGS, more, thing("{a:1}"), "one");
        assertThat(less.path("spec")).isEqualTo(json("{a:1,deep:{y:2}}"));
    }

    @Test
    void anUpdateTakesWhatItChangesAndNothingElse() {
        ObjectNode live = pod(null, "{nodeName:'n',priority:1,containers:[{name:'a',image:'1'}]}", "one");
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.at("/spec/containers/0")).put("image", "2");
        ((ObjectNode) next.path("spec")).remove("priority");
        PODS.updated(live, next, "two", "2026-01-02T00:00:00Z");
        assertThat(fields(next, "two"))
                .isEqualTo(json("{'f:spec':{'f:containers':{'k:{\"name\":\"a\"}':{'f:image':{}}}}}"));
        assertThat(fields(next, "one"))
                .isEqualTo(json(
                        "{'f:spec':{'f:containers':{'k:{\"name\":\"a\"}':{'.':{},'f:name':{}}},'f:nodeName':{}}}"));
        ObjectNode same = next.deepCopy();
        ((ObjectNode) same.path("metadata")).remove("managedFields");
        PODS.updated(next, same, "three", "2026-01-03T00:00:00Z");
        assertThat(same).isEqualTo(next);
    }

    @Test
    void whatIsNotOfItsTypeIsNamedWithItsPath() {
        assertThat(refusal("{containers:{a:1}}")).isEqualTo(".spec.containers: expected list, got &{map[a:1]}");
        assertThat(refusal("{containers:[{image:'x'}]}"))
                .isEqualTo(
                        ".spec.containers: element 0: associative list with keys has an element that omits key field \"name\" (and doesn't have default value)");
        assertThat(refusal("{containers:[{name:'a'},{name:'a'}]}"))
                .isEqualTo(".spec.containers: duplicate entries for key [name=\"a\"]");
        assertThat(refusal("{containers:[{name:'a',imag:'x'}]}"))
                .isEqualTo(".spec.containers[name=\"a\"].imag: field not declared in schema");
        assertThat(refusal("{nodeName:3,priority:'x',hostPID:1}"))
                .isEqualTo(
                        "errors:\n  .spec.nodeName: expected string, got 3\n  .spec.priority: expected numeric (int or float), got string\n  .spec.hostPID: expected boolean, got int64");
    }

    private static String refusal(String spec) {
        ApiException refused = catchThrowableOfType(ApiException.class, () -> PODS.check(pod(spec)));
        return String.valueOf(refused.getMessage())
                .substring("failed to create typed patch object (/p; /v1, Kind=Pod): ".length());
    }

    @Test
    void anotherVersionOfAnObjectIsComparedInThatVersion() {
        ObjectVersions versions = (object, apiVersion) -> {
            if (apiVersion.equals("example.com/v0")) {
                return Optional.empty();
            }
            ObjectNode other = object.deepCopy();
            other.put("apiVersion", apiVersion);
            boolean second = apiVersion.endsWith("v2");
            JsonNode value = Tree.object(other, "spec").remove(second ? "old" : "new");
            if (value != null) {
                ((ObjectNode) other.path("spec")).set(second ? "new" : "old", value);
            }
            return Optional.of(other);
        };
        FieldManagement second =
                new FieldManagement(BuiltinTypes.load(), versions, "example.com/v2", "Thing", "", WriteScope.ALL);
        ObjectNode live = apply(THINGS, null, thing("{old:1,more:1}"), "one");
        ObjectNode liveInTwo = versions.convert(live, "example.com/v2").orElseThrow();
        ObjectNode config = object("{apiVersion:'example.com/v2',kind:'Thing',metadata:{name:'t'},spec:{new:2}}");
        ApiException refused = catchThrowableOfType(ApiException.class, () -> apply(second, liveInTwo, config, "two"));
        assertThat(refused).hasMessage("Apply failed with 1 conflict: conflict with \"one\": .spec.old");
        ObjectNode less = apply(second, liveInTwo, config, "one");
        assertThat(less.path("spec")).isEqualTo(json("{new:2}"));
        ((ObjectNode) less.at("/metadata/managedFields/0")).put("apiVersion", "example.com/v0");
        ObjectNode gone = apply(second, less, object(config.toString().replace("2}", "3}")), "two");
        assertThat(fields(gone, "one").isNull()).isTrue();
    }

    /** As a Node made by hand with nothing but a name and a status, as upstream. */
    @Test
    void whatIsMadeWithoutAFieldThatCanBeManagedIsNotKeptTrackOf() {
        FieldManagement nodes = new FieldManagement(
                BuiltinTypes.load(),
                ObjectVersions.ONE,
                "v1",
                "Node",
                "",
                WriteScope.except(List.of(List.of("status"))));
        ObjectNode live =
                object("{apiVersion:'v1',kind:'Node',metadata:{name:'n'},spec:{},status:{capacity:{memory:'1Gi'}}}");
        nodes.created(live, "maker", "2026-01-01T00:00:00Z");
        assertThat(live.path("metadata").has("managedFields")).isFalse();

        ObjectNode next = live.deepCopy();
        Tree.ensureArray(Tree.ensureObject(next, "spec"), "taints")
                .addObject()
                .put("key", "k")
                .put("effect", "NoSchedule");
        nodes.updated(live, next, "tainter", "2026-01-01T00:00:01Z");
        assertThat(next.path("metadata").has("managedFields")).isFalse();
    }

    @Test
    void whatWasResetIsNotKeptTrackOfBeforeItsNextApply() {
        ObjectNode live = thing("{a:1}");
        THINGS.created(live, "one", "2026-01-01T00:00:00Z");
        ObjectNode reset = live.deepCopy();
        Tree.ensureObject(reset, "metadata").set("managedFields", json("[{}]"));
        THINGS.updated(live, reset, "one", "2026-01-01T00:00:01Z");
        assertThat(reset.path("metadata").has("managedFields")).isFalse();

        ObjectNode next = reset.deepCopy();
        Tree.ensureObject(next, "spec").put("a", 2);
        THINGS.updated(reset, next, "two", "2026-01-01T00:00:02Z");
        assertThat(next.path("metadata").has("managedFields")).isFalse();
    }
}
