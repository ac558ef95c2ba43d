package io.kvorum.api.managed;

import static io.kvorum.api.managed.Trees.json;
import static io.kvorum.api.managed.Trees.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

/** Whoever creates an object manages what differs from an empty one, as upstream's types write that. */
class CreatedObjectsTest {
    private static JsonNode fields(String text) {
        ObjectNode object = object(text);
        FieldManagement.of(
                        BuiltinTypes.load(),
                        object.path("apiVersion").asText(),
                        object.path("kind").asText())
                .created(object, "me", "2026-01-01T00:00:00Z");
        return object.at("/metadata/managedFields/0/fieldsV1");
    }

    @Test
    void structsHeldByValueAreThereBefore() {
        assertThat(
                        fields(
                                "{apiVersion:'v1',kind:'PersistentVolumeClaim',metadata:{name:'c',namespace:'d'},spec:{accessModes:['ReadWriteOnce'],resources:{requests:{storage:'1Gi'}}}}"))
                .isEqualTo(
                        json("{'f:spec':{'f:accessModes':{},'f:resources':{'f:requests':{'.':{},'f:storage':{}}}}}"));
    }

    @Test
    void structsHeldByPointersAreNot() {
        assertThat(
                        fields(
                                "{apiVersion:'v1',kind:'ReplicationController',metadata:{name:'c'},spec:{template:{spec:{containers:[{name:'a'}]}}}}"))
                .isEqualTo(
                        json(
                                "{'f:spec':{'f:template':{'.':{},'f:spec':{'.':{},'f:containers':{'.':{},'k:{\"name\":\"a\"}':{'.':{},'f:name':{}}}}}}}"));
    }

    @Test
    void timesAndTextsThatAreAlwaysWrittenCountWhenTheyAreSet() {
        assertThat(
                        fields(
                                "{apiVersion:'v1',kind:'Event',metadata:{name:'e'},involvedObject:{kind:'Pod'},message:'m',source:{component:'c'},firstTimestamp:'2026-01-01T00:00:00Z',lastTimestamp:null,eventTime:null,reportingComponent:'',reportingInstance:''}"))
                .isEqualTo(json(
                        "{'f:firstTimestamp':{},'f:involvedObject':{},'f:message':{},'f:source':{'f:component':{}}}"));
    }

    @Test
    void aRequiredNumberThatIsZeroIsNobodys() {
        assertThat(
                        fields(
                                "{apiVersion:'autoscaling/v2',kind:'HorizontalPodAutoscaler',metadata:{name:'p'},spec:{maxReplicas:0,minReplicas:0,scaleTargetRef:{kind:'a',name:'b'}}}"))
                .isEqualTo(json("{'f:spec':{'f:minReplicas':{},'f:scaleTargetRef':{'f:kind':{},'f:name':{}}}}"));
    }

    @Test
    void anObjectThatSaysWhoManagesItKeepsThat() {
        ObjectNode map = object(
                "{apiVersion:'v1',kind:'ConfigMap',metadata:{name:'m',managedFields:[{manager:'old',operation:'Apply',apiVersion:'v1',fieldsType:'FieldsV1',fieldsV1:{'f:data':{'f:a':{}}}}]},data:{a:'1',b:'2'}}");
        FieldManagement.of(BuiltinTypes.load(), "v1", "ConfigMap").created(map, "me", "2026-01-01T00:00:00Z");
        assertThat(map.at("/metadata/managedFields")).hasSize(1);
        assertThat(map.at("/metadata/managedFields/0/manager").asText()).isEqualTo("me");
    }
}
