package io.kvorum.api.validation;

import static io.kvorum.api.validation.Findings.of;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaValidationTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'name':'a-x1','generateName':'a-'|",
                "'name':'a','generateName':'A-'|metadata.generateName",
                "'name':'a','labels':{'-':'x'}|metadata.labels",
                "'name':'a','annotations':{'a b':'x'}|metadata.annotations",
                "'name':'a','finalizers':['mine']|metadata.finalizers",
                "'name':'a','finalizers':['example.com/mine']|",
                "'name':'a','ownerReferences':[{'apiVersion':'v1','kind':'Pod','name':'p'}]|metadata.ownerReferences.uid",
                "'name':'a','ownerReferences':[{'apiVersion':'v1','kind':'Pod','name':'p','uid':'1','controller':true},"
                        + "{'apiVersion':'v1','kind':'Pod','name':'q','uid':'2','controller':true}]|metadata.ownerReferences"
            })
    void onCreation(String metadata, String field) {
        String object = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{" + metadata + "}}";
        if (field == null) {
            assertThat(of(object)).isEmpty();
        } else {
            assertThat(of(object)).anySatisfy(finding -> assertThat(finding).startsWith(field + ": "));
        }
    }

    @Test
    void annotationsHaveALimit() {
        assertThat(of("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','annotations':{'a':'"
                        + "x".repeat(256 * 1024) + "'}}}"))
                .containsExactly("metadata.annotations: Too long: may not be more than 262144 bytes");
    }

    @Test
    void namesDependOnTheKind() {
        assertThat(of("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'a.b'}}"))
                .anySatisfy(finding ->
                        assertThat(finding).isEqualTo("metadata.name: Invalid value: \"a.b\": must not contain dots"));
        assertThat(
                        of(
                                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRole','metadata':{'name':'System:a'}}"))
                .isEmpty();
    }

    @Test
    void identityDoesNotChange() {
        ObjectNode old = Golden.tree("{'metadata':{'name':'a','namespace':'n','uid':'1','resourceVersion':'5'}}");
        ObjectNode next = Golden.tree("{'metadata':{'name':'a','namespace':'n','uid':'2','resourceVersion':'5'}}");
        assertThat(Validation.update(Golden.resource("v1", "ConfigMap"), old, next))
                .containsExactly(new ApiException.Cause(
                        "FieldValueInvalid", "Invalid value: \"2\": field is immutable", "metadata.uid"));
    }

    @Test
    void anObjectInDeletionGetsNoNewFinalizers() {
        ObjectNode old = Golden.tree("{'metadata':{'name':'a','deletionTimestamp':'t','finalizers':['x/a']}}");
        ObjectNode next = Golden.tree("{'metadata':{'name':'a','deletionTimestamp':'t','finalizers':['x/a','x/b']}}");
        assertThat(Validation.update(Golden.resource("v1", "ConfigMap"), old, next))
                .extracting(ApiException.Cause::message)
                .containsExactly("Forbidden: no new finalizers can be added if the object is being deleted, found new"
                        + " finalizers []string{\"x/b\"}");
    }
}
