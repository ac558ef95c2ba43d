package io.kvorum.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.api.BuiltinCatalog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiscoveryDocumentsTest {
    private static final String V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private static final String V2BETA1 = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

    private final DiscoveryDocuments documents = new DiscoveryDocuments(BuiltinCatalog.load(), "127.7.0.40:6443");

    private JsonNode json(String path, @Nullable String accept) throws IOException {
        return new ObjectMapper()
                .readTree(documents.get(path, accept).orElseThrow().body());
    }

    @Test
    void listsVersionsAndGroups() throws IOException {
        assertThat(json("/api", null).toString().replace('"', '\''))
                .isEqualTo("{'kind':'APIVersions','versions':['v1'],'serverAddressByClientCIDRs':"
                        + "[{'clientCIDR':'0.0.0.0/0','serverAddress':'127.7.0.40:6443'}]}");
        JsonNode groups = json("/apis/", "application/json");
        assertThat(groups.at("/groups/0/name").asText()).isEqualTo("apiregistration.k8s.io");
        JsonNode autoscaling = json("/apis/autoscaling", "*/*");
        assertThat(autoscaling.at("/kind").asText()).isEqualTo("APIGroup");
        assertThat(autoscaling.at("/preferredVersion/groupVersion").asText()).isEqualTo("autoscaling/v2");
        assertThat(autoscaling.at("/versions")).hasSize(2);
    }

    @Test
    void listsResourcesWithSubresourcesInAlphabeticalOrder() throws IOException {
        JsonNode apps = json("/apis/apps/v1", V2 + ",application/json");
        assertThat(apps.at("/apiVersion").asText()).isEqualTo("v1");
        assertThat(apps.at("/groupVersion").asText()).isEqualTo("apps/v1");
        assertThat(apps.at("/resources").findValuesAsText("name"))
                .startsWith(
                        "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale");
        JsonNode scale = apps.at("/resources/4");
        assertThat(scale.toString().replace('"', '\''))
                .isEqualTo("{'name':'deployments/scale','singularName':'','namespaced':true,'group':'autoscaling',"
                        + "'version':'v1','kind':'Scale','verbs':['get','patch','update']}");
        assertThat(json("/api/v1", null).has("apiVersion")).isFalse();
    }

    @Test
    void hashesTheStorageVersion() throws IOException {
        assertThat(BuiltinCatalog.load().byResource("", "v1", "pods").map(DiscoveryDocuments::storageVersionHash))
                .contains("xPOwRZ+Yhw8=");
        assertThat(BuiltinCatalog.load()
                        .byResource("apps", "v1", "deployments")
                        .map(DiscoveryDocuments::storageVersionHash))
                .contains("8aSe+NMegvE=");
        JsonNode reviews = json("/apis/authorization.k8s.io/v1", null).at("/resources");
        assertThat(reviews.findValues("storageVersionHash")).isEmpty();
    }

    @Test
    void aggregatesInTheFormAskedForFirst() throws IOException {
        DiscoveryDocuments.Document v2 =
                documents.get("/apis", V2 + "," + V2BETA1 + ",application/json").orElseThrow();
        assertThat(v2.contentType()).isEqualTo(V2);
        assertThat(v2.etag()).matches("\"[0-9A-F]{64}\"");
        JsonNode list = new ObjectMapper().readTree(v2.body());
        assertThat(list.at("/apiVersion").asText()).isEqualTo("apidiscovery.k8s.io/v2");
        JsonNode deployments = list.at("/items/1/versions/0/resources/2");
        assertThat(deployments.at("/resource").asText()).isEqualTo("deployments");
        assertThat(deployments.at("/responseKind/kind").asText()).isEqualTo("Deployment");
        assertThat(deployments.at("/subresources/0/responseKind/group").asText())
                .isEqualTo("autoscaling");
        assertThat(documents.get("/api", V2BETA1).orElseThrow().contentType()).isEqualTo(V2BETA1);
        assertThat(json("/api", V2).at("/items/0/versions/0/resources")).hasSize(17);
    }

    @Test
    void knowsNothingOfOtherPlaces() {
        assertThat(documents.get("/apis/foo.example/v1", null)).isEmpty();
        assertThat(documents.get("/apis/foo.example", null)).isEmpty();
        assertThat(documents.get("/api/v2", null)).isEmpty();
        assertThat(documents.get("/healthz", null)).isEmpty();
        assertThat(documents.get("/api/v1/pods", null)).isEmpty();
        assertThat(documents.get("", null)).isEmpty();
    }
}
