package io.kvorum.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OpenApiDocumentsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CORE = "io.k8s.api.core.v1.";

    private final OpenApiDocuments documents = OpenApiDocuments.load();

    private JsonNode v2() throws IOException {
        return JSON.readTree(documents.v2Json().bytes());
    }

    private JsonNode v3(String path) throws IOException {
        return JSON.readTree(documents.v3(path).orElseThrow().bytes());
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void checkReferences(JsonNode document, JsonNode node) {
        if (node.path("$ref").isTextual()) { // JSONSchemaProps has a field of the name
            String pointer = node.get("$ref").asText().substring(1);
            assertThat(document.at(pointer).isMissingNode()).as(pointer).isFalse();
        }
        node.forEach(child -> checkReferences(document, child));
    }

    @Test
    void definesWhatServedKindsAreMadeOf() throws IOException {
        JsonNode definitions = v2().path("definitions");
        assertThat(names(definitions))
                .hasSizeGreaterThan(550)
                .contains(
                        CORE + "Pod",
                        CORE + "PodList",
                        CORE + "TopologySelectorTerm",
                        "io.k8s.api.apps.v1.Deployment",
                        "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
                        "io.k8s.api.events.v1.Event",
                        "io.k8s.api.policy.v1.Eviction",
                        "io.k8s.api.authentication.v1.TokenRequest",
                        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps",
                        "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
                        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
                        "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
                        "io.k8s.apimachinery.pkg.api.resource.Quantity")
                .contains("io.k8s.networking.gateway.v1.HTTPRoute", "io.k8s.networking.gateway.v1beta1.ReferenceGrant")
                .noneMatch(name -> !name.startsWith("io.k8s.networking.gateway.")
                        && (name.contains("v1beta1") || name.contains("v1alpha")));
    }

    @Test
    void carriesRequiredFieldsAndMergeRules() throws IOException {
        JsonNode definitions = v2().path("definitions");
        assertThat(definitions.at("/io.k8s.api.apps.v1.DeploymentSpec/required").toString())
                .isEqualTo("[\"selector\",\"template\"]");
        JsonNode containers = definitions.at("/" + CORE + "PodSpec/properties/containers");
        assertThat(containers.path("x-kubernetes-patch-merge-key").asText()).isEqualTo("name");
        assertThat(containers.path("x-kubernetes-patch-strategy").asText()).isEqualTo("merge");
        assertThat(containers.path("x-kubernetes-list-map-keys").toString()).isEqualTo("[\"name\"]");
        JsonNode container = definitions.at("/" + CORE + "Container/properties");
        assertThat(container.at("/ports/x-kubernetes-patch-merge-key").asText()).isEqualTo("containerPort");
        assertThat(container.at("/env/x-kubernetes-patch-merge-key").asText()).isEqualTo("name");
        assertThat(container.at("/command/x-kubernetes-list-type").asText()).isEqualTo("atomic");
        assertThat(definitions
                        .at("/io.k8s.api.apps.v1.DeploymentSpec/properties/strategy/x-kubernetes-patch-strategy")
                        .asText())
                .isEqualTo("retainKeys");
        assertThat(definitions
                        .at("/" + CORE + "Pod/x-kubernetes-group-version-kind/0")
                        .toString())
                .isEqualTo("{\"group\":\"\",\"kind\":\"Pod\",\"version\":\"v1\"}");
    }

    @Test
    void describesTheGatewayApi() throws IOException {
        JsonNode schemas = v3("apis/gateway.networking.k8s.io/v1").at("/components/schemas");
        String gateway = "/io.k8s.networking.gateway.v1.";
        assertThat(schemas.at(gateway + "GatewaySpec/required").toString())
                .isEqualTo("[\"gatewayClassName\",\"listeners\"]");
        assertThat(schemas.at(gateway + "HTTPRouteMatch/properties/headers/description")
                        .asText())
                .contains("headers");
        assertThat(schemas.at(gateway + "HTTPRouteRule/properties"))
                .isNotEmpty()
                .noneMatch(JsonNode::isNull);
        assertThat(schemas.at(gateway + "HTTPRouteRule/properties").has("retry"))
                .as("experimental")
                .isFalse();
        names(schemas).stream()
                .filter(name -> name.startsWith("io.k8s.networking.gateway."))
                .forEach(name -> schemas.path(name)
                        .path("properties")
                        .forEach(property -> assertThat(
                                        property.path("description").asText())
                                .as(name + " " + property)
                                .isNotEmpty()));
    }

    @Test
    void tellsFormatsAsUpstream() throws IOException {
        String meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
        JsonNode v2 = v2().path("definitions");
        JsonNode v3 = v3("api/v1").at("/components/schemas");
        assertThat(v2.at("/io.k8s.apimachinery.pkg.util.intstr.IntOrString/format")
                        .asText())
                .isEqualTo("int-or-string");
        assertThat(v2.at("/" + meta + "Time/format").asText()).isEqualTo("date-time");
        assertThat(v2.at("/" + CORE + "Secret/properties/data/additionalProperties/format")
                        .asText())
                .isEqualTo("byte");
        assertThat(v3.at("/io.k8s.apimachinery.pkg.api.resource.Quantity/oneOf"))
                .hasSize(2);
        assertThat(v3.at("/" + CORE + "Pod/properties/spec/allOf/0/$ref").asText())
                .isEqualTo("#/components/schemas/" + CORE + "PodSpec");
        assertThat(v3.at("/" + CORE + "Event/properties/eventTime/allOf/0/$ref").asText())
                .endsWith(meta + "MicroTime");
    }

    @Test
    void describesEveryOperationOnce() throws IOException {
        JsonNode paths = v2().path("paths");
        Set<String> ids = new HashSet<>();
        paths.forEach(path -> path.forEach(operation -> {
            if (operation.has("operationId")) {
                String id = operation.path("operationId").asText();
                assertThat(ids.add(id)).as(id).isTrue();
            }
        }));
        assertThat(ids)
                .hasSizeGreaterThan(500)
                .contains(
                        "createCoreV1NamespacedPod",
                        "listCoreV1PodForAllNamespaces",
                        "deleteCoreV1CollectionNamespacedPod",
                        "readCoreV1NamespacedPodLog",
                        "connectCoreV1PostNamespacedPodExec",
                        "patchAppsV1NamespacedDeploymentScale",
                        "replaceCoreV1NodeStatus",
                        "listRbacAuthorizationV1ClusterRole",
                        "getAppsV1APIResources");
        assertThat(paths.path("/api/v1/namespaces/{namespace}/pods/{name}/exec")
                        .path("post")
                        .toString())
                .contains("\"x-kubernetes-action\":\"connect\"");
    }

    @Test
    void letsClientsFindFieldValidationOfPatches() throws IOException {
        JsonNode patch = v3("apis/apps/v1")
                .path("paths")
                .path("/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
                .path("patch");
        assertThat(patch.path("parameters").findValuesAsText("name"))
                .containsExactly("dryRun", "fieldManager", "fieldValidation", "force");
        assertThat(patch.path("x-kubernetes-action").asText()).isEqualTo("patch");
        assertThat(patch.path("x-kubernetes-group-version-kind").toString())
                .isEqualTo("{\"group\":\"apps\",\"kind\":\"Deployment\",\"version\":\"v1\"}");
        assertThat(names(patch.at("/requestBody/content")))
                .contains("application/apply-patch+yaml", "application/strategic-merge-patch+json");
    }

    @Test
    void refersOnlyToWhatIsThere() throws IOException {
        JsonNode v2 = v2();
        checkReferences(v2, v2);
        JsonNode index = JSON.readTree(documents.v3Index().bytes()).path("paths");
        assertThat(names(index)).contains("api", "api/v1", "apis", "apis/apps", "apis/apps/v1", "version");
        for (String path : names(index)) {
            JsonNode document = v3(path);
            checkReferences(document, document);
            assertThat(index.path(path).path("serverRelativeURL").asText())
                    .isEqualTo("/openapi/v3/" + path + "?hash="
                            + documents.v3(path).orElseThrow().hash());
        }
        assertThat(documents.v3("apis/foo.example/v1")).isEmpty();
    }

    @Test
    void encodesTheSameDocumentAsProtobuf() {
        // Field 1 of the document: the version, as a string of three bytes.
        byte[] document = documents.v2Protobuf().bytes();
        assertThat(document).startsWith((byte) 0x0a, (byte) 3, (byte) '2', (byte) '.', (byte) '0');
        assertThat(new String(document, StandardCharsets.ISO_8859_1))
                .contains("fieldValidation", "x-kubernetes-group-version-kind", CORE + "PodSpec");
    }
}
