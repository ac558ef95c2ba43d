package io.kvorum.api.managed;

import static io.kvorum.api.managed.Trees.json;
import static io.kvorum.api.managed.Trees.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

/** A custom resource with a schema of its own. */
class JsonSchemaTypeTest {
    private static final FieldType WIDGET = JsonSchemaType.of(json("""
            {type:'object',properties:{spec:{type:'object',properties:{
              size:{type:'integer'},
              port:{'x-kubernetes-int-or-string':true},
              tags:{type:'array','x-kubernetes-list-type':'set',items:{type:'string'}},
              plain:{type:'array',items:{type:'string'}},
              parts:{type:'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['name','kind'],
                items:{type:'object',properties:{name:{type:'string'},kind:{type:'string',default:'a'},n:{type:'integer'}}}},
              whole:{type:'object','x-kubernetes-map-type':'atomic',additionalProperties:{type:'string'}},
              labels:{type:'object',additionalProperties:{type:'string'}},
              free:{type:'object','x-kubernetes-preserve-unknown-fields':true},
              inner:{type:'object','x-kubernetes-embedded-resource':true,properties:{spec:{type:'object',properties:{x:{type:'string'}}}}}}}}}"""));
    private static final FieldManagement WIDGETS = FieldManagement.of(
            new SchemaSource() {
                @Override
                public FieldType type(String apiVersion, String kind) {
                    return WIDGET;
                }

                @Override
                public ObjectNode blank(String apiVersion, String kind) {
                    return object("{apiVersion:'" + apiVersion + "',kind:'" + kind + "'}");
                }
            },
            "example.com/v1",
            "Widget");

    private static ObjectNode widget(String spec) {
        return object("{apiVersion:'example.com/v1',kind:'Widget',metadata:{name:'w'},spec:" + spec + "}");
    }

    @Test
    void everyExtensionSaysWhatIsOneField() {
        ObjectNode made = WIDGETS.applied(
                null,
                widget(
                        "{size:1,port:'a',tags:['x'],plain:['y'],parts:[{name:'p',n:1}],whole:{a:'1'},labels:{b:'2'},free:{c:{d:[1]}},inner:{apiVersion:'v1',kind:'Pod',metadata:{labels:{e:'f'}},spec:{x:'g'}}}"),
                "me",
                false,
                "2026-01-01T00:00:00Z");
        assertThat(made.at("/metadata/managedFields/0/fieldsV1/f:spec")).isEqualTo(json("""
                {'f:size':{},'f:port':{},'f:tags':{'v:"x"':{}},'f:plain':{},
                 'f:parts':{'k:{"kind":"a","name":"p"}':{'.':{},'f:n':{},'f:name':{}}},'f:whole':{},'f:labels':{'f:b':{}},
                 'f:free':{'f:c':{'.':{},'f:d':{}}},
                 'f:inner':{'f:apiVersion':{},'f:kind':{},'f:metadata':{'f:labels':{'f:e':{}}},'f:spec':{'f:x':{}}}}"""));
    }

    @Test
    void whatTheSchemaDoesNotDeclareIsRefused() {
        assertThatThrownBy(() -> WIDGETS.check(widget("{siz:1}")))
                .hasMessageEndingWith("(/w; example.com/v1, Kind=Widget): .spec.siz: field not declared in schema");
        assertThatThrownBy(() -> WIDGETS.check(widget("{size:'1'}")))
                .hasMessageEndingWith(".spec.size: expected numeric (int or float), got string");
        WIDGETS.check(widget("{port:1,free:{any:[1]}}"));
    }
}
