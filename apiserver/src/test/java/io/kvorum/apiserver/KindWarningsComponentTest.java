package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Warnings of kinds reach the client as headers, and only when the object is taken. */
class KindWarningsComponentTest {
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String HIDES = "299 - \"spec.template.spec.containers[0].env[1]: hides previous definition of"
            + " \\\"A\\\", which may be dropped when using apply\"";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static String deployment(String name) {
        return ("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'" + name
                        + "'},'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':"
                        + "{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i','env':[{'name':'A','value':'1'},"
                        + "{'name':'A','value':'2'}]}]}}}}")
                .replace('\'', '"');
    }

    @Test
    void aTemplateIsWarnedOfWhenItIsNewAndWhenTheSpecChanges() {
        Http.Answer created = http.post(DEPLOYMENTS, deployment("twice"));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.headers().allValues("Warning")).containsExactly(HIDES);
        Http.Answer labelled = http.merge(DEPLOYMENTS + "/twice", "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}");
        assertThat(labelled.status()).isEqualTo(200);
        assertThat(labelled.headers().allValues("Warning")).isEmpty();
        Http.Answer paused = http.merge(DEPLOYMENTS + "/twice", "{\"spec\":{\"paused\":true}}");
        assertThat(paused.headers().allValues("Warning")).containsExactly(HIDES);
        Http.Answer scaled = http.merge(DEPLOYMENTS + "/twice/scale", "{\"spec\":{\"replicas\":2}}");
        assertThat(scaled.status()).isEqualTo(200);
        assertThat(scaled.headers().allValues("Warning")).containsExactly(HIDES);
    }

    @Test
    void anAppliedObjectIsWarnedOf() {
        Http.Answer applied = http.send(
                "PATCH",
                DEPLOYMENTS + "/applied?fieldManager=m",
                deployment("applied").replace("{\"name\":\"A\",\"value\":\"2\"}", "{\"name\":\"B\"}"),
                "Content-Type",
                "application/apply-patch+yaml");
        assertThat(applied.status()).isEqualTo(201);
        assertThat(applied.headers().allValues("Warning")).isEmpty();
        Http.Answer service = http.send(
                "PATCH",
                "/api/v1/namespaces/default/services/close?fieldManager=m",
                "{apiVersion: v1, kind: Service, metadata: {name: close}, spec: {ports: [{port: 80}], trafficDistribution: PreferClose}}",
                "Content-Type",
                "application/apply-patch+yaml");
        assertThat(service.status()).isEqualTo(201);
        assertThat(service.headers().allValues("Warning"))
                .containsExactly(
                        "299 - \"spec.trafficDistribution: \\\"PreferClose\\\" is deprecated; use \\\"PreferSameZone\\\"\"");
    }

    @Test
    void anObjectThatIsRefusedIsNotWarnedOf() {
        Http.Answer refused = http.post(DEPLOYMENTS, deployment("Odd_Name"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.headers().allValues("Warning")).isEmpty();
    }

    @Test
    void aDryRunWarnsToo() {
        Http.Answer dry = http.post(DEPLOYMENTS + "?dryRun=All", deployment("dry"));
        assertThat(dry.status()).isEqualTo(201);
        assertThat(dry.headers().allValues("Warning")).containsExactly(HIDES);
    }
}
