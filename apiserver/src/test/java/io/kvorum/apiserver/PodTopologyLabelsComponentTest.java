package io.kvorum.apiserver;

import static io.kvorum.apiserver.Http.created;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods have the zone and the region of their nodes. */
final class PodTopologyLabelsComponentTest {
    private static final String PODS = "/api/v1/namespaces/default/pods";

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    @BeforeEach
    void nodes() {
        created(http.post(
                "/api/v1/nodes",
                ("{'metadata':{'name':'n1','labels':{'topology.kubernetes.io/zone':'z1',"
                                + "'topology.kubernetes.io/region':'r1','kubernetes.io/hostname':'n1'}}}")
                        .replace('\'', '"')));
    }

    private static String pod(String labels, String spec) {
        return ("{'metadata':{'name':'p','labels':{" + labels + "}},'spec':{" + spec
                        + "'containers':[{'name':'c','image':'i'}]}}")
                .replace('\'', '"');
    }

    private void bindTo(String node) {
        created(http.post(
                PODS + "/p/binding",
                ("{'metadata':{'name':'p'},'target':{'kind':'Node','name':'" + node + "'}}").replace('\'', '"')));
    }

    private JsonNode labels() {
        return http.get(PODS + "/p").json().at("/metadata/labels");
    }

    @Test
    void aBoundPodIsToldWhereItsNodeIsAndNoMore() {
        created(http.post(PODS, pod("'app':'web','topology.kubernetes.io/region':'mine'", "")));
        bindTo("n1");
        assertThat(labels().path("topology.kubernetes.io/region").asText()).isEqualTo("mine");
        assertThat(labels().path("topology.kubernetes.io/zone").asText()).isEqualTo("z1");
        assertThat(labels()).hasSize(3);
    }

    @Test
    void aPodThatNamesItsNodeIsToldAtOnce() {
        created(http.post(PODS, pod("", "'nodeName':'n1',")));
        assertThat(labels().path("topology.kubernetes.io/zone").asText()).isEqualTo("z1");
        assertThat(labels().path("topology.kubernetes.io/region").asText()).isEqualTo("r1");
    }

    @Test
    void aNodeThatIsNotKnownSaysNothing() {
        created(http.post(PODS, pod("'app':'web'", "")));
        bindTo("nowhere");
        assertThat(labels().toString()).isEqualTo("{\"app\":\"web\"}");
    }
}
