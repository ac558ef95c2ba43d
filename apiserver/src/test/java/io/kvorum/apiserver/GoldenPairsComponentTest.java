package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Minimal objects, posted, are field by field what a kube-apiserver 1.36 made of them. */
class GoldenPairsComponentTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ResourceCatalog CATALOG = BuiltinCatalog.load();

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static List<ObjectNode> objects(String file) throws Exception {
        try (InputStream in = GoldenPairsComponentTest.class.getResourceAsStream("/golden/" + file)) {
            List<ObjectNode> objects = new ArrayList<>();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
                objects.add(MAPPER.valueToTree(document));
            }
            return objects;
        }
    }

    @TestFactory
    Stream<DynamicTest> whatIsPostedIsStoredAsUpstreamStoresIt() throws Exception {
        List<ObjectNode> inputs = objects("minimal-input.yaml");
        List<ObjectNode> outputs = objects("server-output.yaml");
        assertThat(inputs).hasSameSizeAs(outputs).hasSizeGreaterThan(40);
        return IntStream.range(0, inputs.size()).mapToObj(i -> {
            ObjectNode input = inputs.get(i);
            String title = Tree.text(input, "kind") + " " + Tree.text(input, "metadata", "name");
            return DynamicTest.dynamicTest(title, () -> compare(input, outputs.get(i)));
        });
    }

    private static void compare(ObjectNode input, ObjectNode output) throws Exception {
        String apiVersion = Tree.text(input, "apiVersion");
        int slash = apiVersion.indexOf('/');
        ResourceInfo info = CATALOG.byKind(
                        slash < 0 ? "" : apiVersion.substring(0, slash),
                        apiVersion.substring(slash + 1),
                        Tree.text(input, "kind"))
                .orElseThrow();
        String path = (slash < 0 ? "/api/" : "/apis/")
                + apiVersion
                + (info.namespaced() ? "/namespaces/default/" : "/")
                + info.resource();
        Http.Answer made = http.post(path, input.toString());
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(fields(made.json())).isEqualTo(fields(output));
    }

    /** Field paths with their values, without what is another at every run. */
    private static Map<String, String> fields(JsonNode object) {
        Map<String, String> fields = new TreeMap<>();
        flatten("", object, fields);
        fields.keySet().removeIf(field -> field.startsWith("/metadata/managedFields"));
        fields.remove("/metadata/resourceVersion");
        // Where the pairs were recorded, nobody gave pods a service account.
        fields.remove("/spec/serviceAccount");
        fields.remove("/spec/serviceAccountName");
        fields.computeIfPresent("/metadata/creationTimestamp", (field, time) -> "a time");
        String uid = object.at("/metadata/uid").asText();
        fields.replaceAll((field, value) -> value.replace(uid, "a uid"));
        fields.replaceAll((field, value) -> switch (field.replaceAll("/\\d+(?=/|$)", "")) {
            case "/spec/clusterIP", "/spec/clusterIPs" -> value.equals("\"None\"") ? value : "an address";
            case "/spec/ports/nodePort", "/spec/healthCheckNodePort" -> "a port";
            case "/status/lastPhaseTransitionTime", "/status/conditions/lastTransitionTime" -> "a time";
            default -> value;
        });
        return fields;
    }

    private static void flatten(String path, JsonNode value, Map<String, String> to) {
        if (!value.isContainerNode() || value.isEmpty()) {
            to.put(path, value.toString());
        } else if (value.isObject()) {
            value.properties().forEach(field -> flatten(path + "/" + field.getKey(), field.getValue(), to));
        } else {
            for (int i = 0; i < value.size(); i++) {
                flatten(path + "/" + i, value.get(i), to);
            }
        }
    }
}
