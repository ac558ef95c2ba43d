package io.kvorum.apiserver;

import static io.kvorum.apiserver.Http.message;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Devices and claims for them, as clients see them. */
class DevicesComponentTest {
    private static final String GROUP = "/apis/resource.k8s.io/v1";
    private static final String CLAIMS = GROUP + "/namespaces/default/resourceclaims";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static String object(String kind, String name, String spec) {
        return ("{'apiVersion':'resource.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'" + name + "'},'spec':{"
                        + spec + "}}")
                .replace('\'', '"');
    }

    @Test
    void aClassWithAnExpressionThatDoesNotCompileIsRefused() {
        Http.Answer refused = http.post(
                GROUP + "/deviceclasses",
                object("DeviceClass", "odd", "'selectors':[{'cel':{'expression':'device.driver'}}]"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(message(refused))
                .isEqualTo(
                        "DeviceClass.resource.k8s.io \"odd\" is invalid: spec.selectors[0].cel.expression: Invalid value:"
                                + " \"device.driver\": must evaluate to bool or the unknown type, not string");
        Http.Answer made = http.post(
                GROUP + "/deviceclasses",
                object("DeviceClass", "good", "'selectors':[{'cel':{'expression':'device.driver == \\'d\\''}}]")
                        .replace("\\\"", "'"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().at("/metadata/generation").asInt()).isEqualTo(1);
    }

    @Test
    void aClaimIsAllocatedAndReservedThroughItsStatus() {
        Http.Answer made = http.post(
                CLAIMS,
                object(
                        "ResourceClaim",
                        "one",
                        "'devices':{'requests':[{'name':'r','exactly':{'deviceClassName':'c'}}]}"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().at("/spec/devices/requests/0/exactly/count").asInt())
                .isEqualTo(1);
        Http.Answer early = http.merge(
                CLAIMS + "/one/status",
                "{\"status\":{\"reservedFor\":[{\"resource\":\"pods\",\"name\":\"p\",\"uid\":\"1\"}]}}");
        assertThat(message(early))
                .isEqualTo("ResourceClaim.resource.k8s.io \"one\" is invalid: status.reservedFor: Forbidden: may not be"
                        + " specified when `allocated` is not set");
        Http.Answer allocated = http.merge(
                CLAIMS + "/one/status",
                "{\"status\":{\"allocation\":{\"devices\":{\"results\":[{\"request\":\"r\",\"driver\":\"d\",\"pool\":\"p\","
                        + "\"device\":\"x\"}]}},\"reservedFor\":[{\"resource\":\"pods\",\"name\":\"p\",\"uid\":\"1\"}]}}");
        assertThat(allocated.status()).isEqualTo(200);
        Http.Answer changed = http.merge(CLAIMS + "/one", "{\"spec\":{\"devices\":{\"requests\":null}}}");
        assertThat(changed.status()).isEqualTo(422);
        assertThat(message(changed))
                .startsWith("ResourceClaim.resource.k8s.io \"one\" is invalid: spec: Invalid value: {");
    }

    @Test
    void administrativeAccessNeedsALabelOnTheNamespace() {
        String claim = object(
                "ResourceClaim",
                "admin",
                "'devices':{'requests':[{'name':'r','exactly':{'deviceClassName':'c','adminAccess':true}}]}");
        Http.Answer refused = http.post(CLAIMS, claim);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(message(refused))
                .isEqualTo("ResourceClaim.resource.k8s.io \"admin\" is invalid: spec.devices.requests[0].adminAccess:"
                        + " Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label"
                        + " on the containing namespace");
        assertThat(http.post(
                                "/api/v1/namespaces",
                                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"admins\",\"labels\":"
                                        + "{\"resource.kubernetes.io/admin-access\":\"true\"}}}")
                        .status())
                .isEqualTo(201);
        assertThat(http.post(GROUP + "/namespaces/admins/resourceclaims", claim).status())
                .isEqualTo(201);
    }

    @Test
    void aTaintTellsSinceWhen() {
        Http.Answer made = http.post(
                GROUP + "/resourceslices",
                object(
                        "ResourceSlice",
                        "slice",
                        "'driver':'d','nodeName':'n','pool':{'name':'p','generation':1,'resourceSliceCount':1},'devices':"
                                + "[{'name':'x','taints':[{'key':'k','effect':'NoSchedule'}]}]"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().at("/spec/devices/0/taints/0/timeAdded").asText())
                .isNotEmpty();
    }
}
