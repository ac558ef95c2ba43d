package io.kvorum.api.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.schema.Schemas;
import org.junit.jupiter.api.Test;

class StrategicMergePatchTest {
    private static final PatchSchema POD = new SchemaPatchSchema(Schemas.load().of("v1", "Pod"));
    private static final PatchSchema DEPLOYMENT =
            new SchemaPatchSchema(Schemas.load().of("apps/v1", "Deployment"));

    private static void patches(PatchSchema schema, String object, String patch, String expected) {
        ObjectNode before = Golden.tree(object);
        ObjectNode changes = Golden.tree(patch);
        assertThat(StrategicMergePatch.apply(before, changes, schema)).isEqualTo(Golden.tree(expected));
        assertThat(before).isEqualTo(Golden.tree(object));
        assertThat(changes).isEqualTo(Golden.tree(patch));
    }

    private static String containers(String list) {
        return "{'spec':{'containers':[" + list + "]}}";
    }

    @Test
    void listsMergeByTheirKey() {
        patches(
                POD,
                containers("{'name':'a','image':'1'},{'name':'b','image':'2'}"),
                containers("{'name':'b','image':'3'}"),
                containers("{'name':'a','image':'1'},{'name':'b','image':'3'}"));
    }

    @Test
    void newElementsComeFirst() {
        patches(
                POD,
                containers("{'name':'a'}"),
                containers("{'name':'b','image':'1'}"),
                containers("{'name':'b','image':'1'},{'name':'a'}"));
    }

    @Test
    void elementOrderIsSetByItsDirective() {
        patches(
                POD,
                containers("{'name':'a'},{'name':'b'}"),
                "{'spec':{'$setElementOrder/containers':[{'name':'b'},{'name':'c'},{'name':'a'}],"
                        + "'containers':[{'name':'c','image':'1'}]}}",
                containers("{'name':'b'},{'name':'c','image':'1'},{'name':'a'}"));
        patches(
                POD,
                containers("{'name':'a'},{'name':'b'}"),
                "{'spec':{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}}",
                containers("{'name':'b'},{'name':'a'}"));
    }

    @Test
    void elementsAreDeletedByTheirKey() {
        patches(
                POD,
                containers("{'name':'a'},{'name':'b'}"),
                containers("{'name':'a','$patch':'delete'}"),
                containers("{'name':'b'}"));
        patches(
                POD,
                containers("{'name':'a'},{'name':'b'}"),
                "{'spec':{'$setElementOrder/containers':[{'name':'b'}],'containers':[{'name':'a','$patch':'delete'}]}}",
                containers("{'name':'b'}"));
    }

    @Test
    void listsAndMapsAreReplacedByTheirDirective() {
        patches(
                POD,
                containers("{'name':'a'},{'name':'b'}"),
                containers("{'name':'c'},{'$patch':'replace'}"),
                containers("{'name':'c'}"));
        patches(
                POD,
                "{'metadata':{'labels':{'a':'1','b':'2'}}}",
                "{'metadata':{'labels':{'$patch':'replace','c':'3'}}}",
                "{'metadata':{'labels':{'c':'3'}}}");
        patches(
                POD,
                "{'metadata':{'labels':{'a':'1'}}}",
                "{'metadata':{'labels':{'$patch':'delete'}}}",
                "{'metadata':{'labels':{}}}");
    }

    @Test
    void retainedKeysAreAllThatStays() {
        patches(
                DEPLOYMENT,
                "{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}",
                "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}",
                "{'spec':{'strategy':{'type':'Recreate'}}}");
        patches(
                POD,
                "{'spec':{'volumes':[{'name':'v','emptyDir':{}}]}}",
                "{'spec':{'volumes':[{'name':'v','$retainKeys':['name','configMap'],'configMap':{'name':'c'}}]}}",
                "{'spec':{'volumes':[{'name':'v','configMap':{'name':'c'}}]}}");
        assertThatThrownBy(() -> StrategicMergePatch.apply(
                        Golden.tree("{}"), Golden.tree("{'spec':1,'$retainKeys':['metadata']}"), POD))
                .hasMessage("invalid patch format of retainKeys");
    }

    @Test
    void listsOfScalarsMergeAndLoseElements() {
        patches(
                POD,
                "{'metadata':{'finalizers':['a','b']}}",
                "{'metadata':{'finalizers':['c']}}",
                "{'metadata':{'finalizers':['c','a','b']}}");
        patches(
                POD,
                "{'metadata':{'finalizers':['a','b']}}",
                "{'metadata':{'$deleteFromPrimitiveList/finalizers':['a']}}",
                "{'metadata':{'finalizers':['b']}}");
        patches(
                POD,
                "{'metadata':{'finalizers':['a','b']}}",
                "{'metadata':{'$deleteFromPrimitiveList/finalizers':['a'],'finalizers':['c'],"
                        + "'$setElementOrder/finalizers':['b','c']}}",
                "{'metadata':{'finalizers':['b','c']}}");
    }

    @Test
    void atomicListsAreReplaced() {
        patches(
                POD,
                "{'spec':{'tolerations':[{'key':'a'}]}}",
                "{'spec':{'tolerations':[{'key':'b'}]}}",
                "{'spec':{'tolerations':[{'key':'b'}]}}");
        patches(
                POD,
                containers("{'name':'a','command':['x','y']}"),
                containers("{'name':'a','command':['z']}"),
                containers("{'name':'a','command':['z']}"));
    }

    @Test
    void nestedListsMergeByTheirOwnKeys() {
        patches(
                DEPLOYMENT,
                "{'spec':{'template':"
                        + containers("{'name':'a','env':[{'name':'X','value':'1'}],'ports':[{'containerPort':80}]}")
                        + "}}",
                "{'spec':{'template':"
                        + containers(
                                "{'name':'a','env':[{'name':'X','value':'2'}],'ports':[{'containerPort':80,'name':'web'}]}")
                        + "}}",
                "{'spec':{'template':"
                        + containers(
                                "{'name':'a','env':[{'name':'X','value':'2'}],'ports':[{'containerPort':80,'name':'web'}]}")
                        + "}}");
    }

    @Test
    void nullsRemoveFields() {
        patches(
                POD,
                "{'metadata':{'labels':{'a':'1','b':'2'}}}",
                "{'metadata':{'labels':{'a':null}}}",
                "{'metadata':{'labels':{'b':'2'}}}");
        patches(POD, "{}", "{'metadata':{'labels':{'a':null,'b':'1'}}}", "{'metadata':{'labels':{'b':'1'}}}");
        patches(POD, "{'spec':{'volumes':[{'name':'v'}]}}", "{'spec':{'volumes':null}}", "{'spec':{}}");
    }

    @Test
    void malformedDirectivesAreRefused() {
        assertThatThrownBy(() -> StrategicMergePatch.apply(
                        Golden.tree(containers("{'name':'a'}")), Golden.tree(containers("{'image':'b'}")), POD))
                .hasMessage("map: {\"image\":\"b\"} does not contain declared merge key: name");
        assertThatThrownBy(() -> StrategicMergePatch.apply(Golden.tree("{}"), Golden.tree("{'$patch':'burn'}"), POD))
                .hasMessageStartingWith("unknown patch type 'burn' in map");
        assertThatThrownBy(() -> StrategicMergePatch.apply(
                        Golden.tree("{'spec':{}}"),
                        Golden.tree("{'spec':{'$setElementOrder/containers':[{'name':'a'}],"
                                + "'containers':[{'name':'b'}]}}"),
                        POD))
                .hasMessageContaining("doesn't match $setElementOrder list");
    }
}
