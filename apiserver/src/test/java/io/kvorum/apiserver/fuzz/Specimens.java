package io.kvorum.apiserver.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Valid objects of the built-in kinds, and the paths of all resources: what mutations start from. */
final class Specimens {
    private static final Path GOLDEN = Path.of("../api/src/test/resources/golden/minimal-input.yaml");

    /** @param path of its collection */
    record Specimen(String path, String name, ObjectNode object) {}

    /** Kinds whose objects say what clients may do or send requests elsewhere; they would change what a run means. */
    private static final List<String> LEFT_OUT = List.of("Namespace", "APIService", "CustomResourceDefinition");

    private final ObjectMapper mapper = new ObjectMapper();
    private final List<Specimen> objects = new ArrayList<>();
    private final List<String> collections = new ArrayList<>();

    Specimens(String namespace) throws IOException {
        List<ResourceInfo> all = List.copyOf(BuiltinCatalog.load().all());
        all.forEach(info -> collections.add(collection(info, namespace)));
        for (Object document : documents()) {
            ObjectNode object = mapper.valueToTree(document);
            ObjectNode metadata = object.withObject("/metadata");
            String apiVersion = object.path("apiVersion").asText();
            String kind = object.path("kind").asText();
            ResourceInfo info = all.stream()
                    .filter(one -> one.kind().equals(kind) && one.apiVersion().equals(apiVersion))
                    .findFirst()
                    .orElse(null);
            if (info != null && !LEFT_OUT.contains(kind)) {
                if (info.namespaced()) {
                    metadata.put("namespace", namespace);
                }
                objects.add(new Specimen(
                        collection(info, namespace), metadata.path("name").asText(), object));
            }
        }
    }

    private static Iterable<Object> documents() throws IOException {
        LoadSettings settings = LoadSettings.builder().build();
        try (InputStream in = Files.newInputStream(GOLDEN)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Object> all = new ArrayList<>();
            new Load(settings).loadAllFromString(text).forEach(one -> {
                if (one != null) {
                    all.add(one);
                }
            });
            return all;
        }
    }

    private static String collection(ResourceInfo info, String namespace) {
        String root = info.group().isEmpty() ? "/api/" + info.version() : "/apis/" + info.apiVersion();
        return root + (info.namespaced() ? "/namespaces/" + namespace : "") + "/" + info.resource();
    }

    List<Specimen> objects() {
        return objects;
    }

    List<String> collections() {
        return collections;
    }
}
