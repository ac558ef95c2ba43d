package io.kvorum.api.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.api.ApiException;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DecoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ResourceInfo CONFIG_MAPS =
            BuiltinCatalog.load().byResource("", "v1", "configmaps").orElseThrow();
    private static final ResourceInfo PODS =
            BuiltinCatalog.load().byResource("", "v1", "pods").orElseThrow();
    private static final ResourceInfo DEPLOYMENTS =
            BuiltinCatalog.load().byResource("apps", "v1", "deployments").orElseThrow();

    private static Decoded decode(ResourceInfo info, String json, FieldValidation mode) {
        return Decoder.decode(info, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), mode);
    }

    private static void refused(ResourceInfo info, String json, String message) {
        assertThatThrownBy(() -> decode(info, json, FieldValidation.STRICT))
                .isInstanceOf(ApiException.class)
                .hasMessage(message);
    }

    @Test
    void warnsOfUnknownAndDuplicateFieldsAndDropsThem() {
        Decoded decoded = decode(
                PODS,
                "{'metadata':{'name':'a','name':'b'},'spec':{'foo':1,'containers':[{'name':'c','imag':'x'}]}}",
                FieldValidation.WARN);
        assertThat(decoded.warnings())
                .containsExactly(
                        "duplicate field \"metadata.name\"",
                        "unknown field \"spec.foo\"",
                        "unknown field \"spec.containers[0].imag\"");
        assertThat(decoded.object().toString().replace('"', '\''))
                .isEqualTo("{'metadata':{'name':'b'},'spec':{'containers':[{'name':'c'}]},"
                        + "'apiVersion':'v1','kind':'Pod'}");
    }

    @Test
    void leavesOutZerosThatAreNoValuesOfTheirOwn() {
        Decoded decoded = decode(
                DEPLOYMENTS,
                "{'metadata':{'name':'a','generateName':''},'spec':{'minReadySeconds':0,'paused':false,'replicas':0,"
                        + "'template':{'spec':{'hostNetwork':false,'nodeName':'','enableServiceLinks':false,"
                        + "'containers':[{'name':'','stdin':false,'env':[{'name':'A','value':''}],"
                        + "'securityContext':{'privileged':false},'ports':[{'containerPort':0,'hostPort':0}]}]}}},"
                        + "'status':{'readyReplicas':0,'collisionCount':0}}",
                FieldValidation.STRICT);
        assertThat(decoded.object().toString().replace('"', '\''))
                .isEqualTo("{'metadata':{'name':'a'},'spec':{'replicas':0,'template':{'spec':{"
                        + "'enableServiceLinks':false,'containers':[{'name':'','env':[{'name':'A'}],"
                        + "'securityContext':{'privileged':false},'ports':[{'containerPort':0}]}]}}},"
                        + "'status':{'collisionCount':0},'apiVersion':'apps/v1','kind':'Deployment'}");
    }

    @Test
    void aZeroGivenLastTakesAwayWhatWasGivenBefore() {
        assertThat(decode(DEPLOYMENTS, "{'spec':{'paused':true,'paused':false}}", FieldValidation.IGNORE)
                        .object()
                        .path("spec")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void ignoresSilentlyWhenAsked() {
        assertThat(decode(CONFIG_MAPS, "{'dta':{}}", FieldValidation.IGNORE).warnings())
                .isEmpty();
    }

    @Test
    void refusesInStrictMode() {
        refused(
                CONFIG_MAPS,
                "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'x'},'dta':{}}",
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field"
                        + " \"dta\"");
        refused(
                CONFIG_MAPS,
                "{'apiVersion':'v1','kind':'ConfigMap','data':{'a':'1'},'data':{'a':'2'}}",
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: duplicate field"
                        + " \"data\"");
        refused(
                DEPLOYMENTS,
                "{'spec':{'foo':1,'bar':2}}",
                "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field"
                        + " \"spec.foo\", unknown field \"spec.bar\"");
    }

    @Test
    void refusesValuesOfAnotherType() {
        refused(
                CONFIG_MAPS,
                "{'apiVersion':'v1','kind':'ConfigMap','data':{'a':1}}",
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go"
                        + " struct field ConfigMap.data of type string");
        refused(
                DEPLOYMENTS,
                "{'spec':{'replicas':'3'}}",
                "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go"
                        + " struct field DeploymentSpec.spec.replicas of type int32");
        refused(
                DEPLOYMENTS,
                "{'spec':{'replicas':1.5}}",
                "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal number 1.5 into"
                        + " Go struct field DeploymentSpec.spec.replicas of type int32");
        refused(
                DEPLOYMENTS,
                "{'spec':{'template':{'spec':{'containers':[{'env':[{'name':'A','value':true}]}]}}}}",
                "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal bool into Go"
                        + " struct field EnvVar.spec.template.spec.containers.env.value of type string");
        refused(
                PODS,
                "{'spec':{'restartPolicy':1}}",
                "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field"
                        + " PodSpec.spec.restartPolicy of type v1.RestartPolicy");
        refused(
                PODS,
                "{'spec':{'containers':{}}}",
                "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal object into Go struct field"
                        + " PodSpec.spec.containers of type []v1.Container");
    }

    @Test
    void refusesMalformedValues() {
        refused(
                PODS,
                "{'spec':{'containers':[{'resources':{'requests':{'cpu':'abc'}}}]}}",
                "Pod in version \"v1\" cannot be handled as a Pod: quantities must match the regular expression"
                        + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        refused(
                PODS,
                "{'metadata':{'creationTimestamp':'yesterday'}}",
                "Pod in version \"v1\" cannot be handled as a Pod: parsing time \"yesterday\" as"
                        + " \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\"");
        ResourceInfo secrets =
                BuiltinCatalog.load().byResource("", "v1", "secrets").orElseThrow();
        refused(
                secrets,
                "{'data':{'a':'x y='}}",
                "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 1");
        assertThat(decode(secrets, "{'data':{'a':'eHk='}}", FieldValidation.STRICT)
                        .object()
                        .at("/data/a")
                        .asText())
                .isEqualTo("eHk=");
    }

    @Test
    void refusesOtherKinds() {
        refused(
                CONFIG_MAPS,
                "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'x'}}",
                "Secret in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Secret) to"
                        + " (core.ConfigMap): unknown conversion");
        refused(
                CONFIG_MAPS,
                "{'apiVersion':'v2','kind':'ConfigMap','metadata':{'name':'x'}}",
                "ConfigMap in version \"v2\" cannot be handled as a ConfigMap: no kind \"ConfigMap\" is registered for"
                        + " version \"v2\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
        ResourceInfo scalers = BuiltinCatalog.load()
                .byResource("autoscaling", "v2", "horizontalpodautoscalers")
                .orElseThrow();
        refused(
                scalers,
                "{'apiVersion':'autoscaling/v1','kind':'HorizontalPodAutoscaler'}",
                "the API version in the data (autoscaling/v1) does not match the expected API version"
                        + " (autoscaling/v2)");
    }

    @Test
    void refusesWhatIsNotJson() {
        refused(
                CONFIG_MAPS,
                "{'kind':",
                "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse"
                        + " error: unexpected end of JSON input ({\"kind\":)");
        refused(
                CONFIG_MAPS,
                "{'a' 1}",
                "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse"
                        + " error: invalid character '1' after object key ({\"a\" 1})");
        refused(
                CONFIG_MAPS,
                "",
                "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse"
                        + " error: unexpected end of JSON input (<empty>)");
        refused(
                CONFIG_MAPS,
                "[1]",
                "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse"
                        + " error: json: cannot unmarshal array into Go value of type struct { APIVersion string"
                        + " \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" } (5b315d)");
    }

    @Test
    void refusesBottomlessBodies() {
        assertThatThrownBy(() -> decode(CONFIG_MAPS, "{'x':" + "[".repeat(5000), FieldValidation.WARN))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("exceeded max depth");
        assertThatThrownBy(() -> decode(
                        BuiltinCatalog.load()
                                .byResource("apps", "v1", "controllerrevisions")
                                .orElseThrow(),
                        "{'data':" + "[".repeat(700) + "]".repeat(700) + "}",
                        FieldValidation.WARN))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("exceeded max depth");
    }

    @Test
    void treatsNullsAndEmptyListsAsAbsent() {
        Decoded decoded = decode(
                PODS,
                "{'metadata':{'creationTimestamp':null,'labels':{},'finalizers':[],'annotations':{'a':null}},"
                        + "'spec':{'volumes':[{'name':'v','emptyDir':{}}],'nodeSelector':null,'containers':[]}}",
                FieldValidation.STRICT);
        assertThat(decoded.object().toString().replace('"', '\''))
                .isEqualTo("{'metadata':{'annotations':{'a':''}},"
                        + "'spec':{'volumes':[{'name':'v','emptyDir':{}}],'containers':[]},"
                        + "'apiVersion':'v1','kind':'Pod'}");
    }

    @Test
    void keepsOpenValuesAndNumbersThatMayBeStrings() throws Exception {
        Decoded decoded = Decoder.decode(
                DEPLOYMENTS,
                JSON.readTree("{\"metadata\":{\"creationTimestamp\":\"2026-11-23T22:00:00.5+01:00\",\"managedFields\":"
                        + "[{\"fieldsV1\":{\"f:a\":{\"k:{}\":{}}}}]},"
                        + "\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":1}}}}"),
                FieldValidation.STRICT);
        assertThat(decoded.object().at("/metadata/creationTimestamp").asText()).isEqualTo("2026-11-23T21:00:00Z");
        assertThat(decoded.object().at("/metadata/managedFields/0/fieldsV1").toString())
                .isEqualTo("{\"f:a\":{\"k:{}\":{}}}");
        assertThat(decoded.object().at("/spec/strategy/rollingUpdate/maxSurge").isTextual())
                .isTrue();
        assertThat(decoded.object()
                        .at("/spec/strategy/rollingUpdate/maxUnavailable")
                        .isInt())
                .isTrue();
    }

    @Test
    void findsMissingRequiredFields() throws Exception {
        Schema schema = Schemas.load().of("apps/v1", "Deployment");
        assertThat(SchemaValidation.validate(
                        schema,
                        JSON.readTree("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"a\"}]}}}}")))
                .extracting(ApiException.Cause::field)
                .containsExactly("spec.selector", "spec.template.spec.containers[0].name");
        assertThat(SchemaValidation.validate(Schemas.load().of("v1", "ConfigMap"), JSON.readTree("{}")))
                .isEmpty();
    }
}
