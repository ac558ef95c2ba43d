package io.kvorum.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a real API server of 1.36 answered, kept as test resources. */
public final class Golden {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Golden() {}

    /** One exchange of {@code errors.txt}. */
    public record Exchange(String name, String request, String body, String answer) {
        public JsonNode bodyTree() {
            return json(body);
        }

        public JsonNode answerTree() {
            return json(answer);
        }
    }

    public static List<ObjectNode> objects(String file) {
        List<ObjectNode> objects = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text(file))) {
            objects.add(JSON.valueToTree(document));
        }
        return objects;
    }

    public static Map<String, Exchange> exchanges() {
        Map<String, Exchange> exchanges = new LinkedHashMap<>();
        for (String section : text("errors.txt").split("(?m)^### ")) {
            int arrow = section.indexOf("\n--->\n");
            if (arrow < 0) {
                continue;
            }
            String[] head = section.substring(0, arrow).split("\n", 3);
            String answer = section.substring(arrow + 6).replaceFirst("(?s)\nHTTP \\d+.*$", "");
            exchanges.put(head[0], new Exchange(head[0], head[1], head.length > 2 ? head[2] : "", answer));
        }
        return exchanges;
    }

    public static Exchange exchange(String name) {
        Exchange found = exchanges().get(name);
        if (found == null) {
            throw new IllegalArgumentException("no exchange " + name);
        }
        return found;
    }

    public static ResourceInfo resource(JsonNode object) {
        return resource(object.path("apiVersion").asText(), object.path("kind").asText());
    }

    public static ResourceInfo resource(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        return BuiltinCatalog.load()
                .byKind(group, apiVersion.substring(slash + 1), kind)
                .orElseThrow(() -> new IllegalArgumentException("no resource for " + apiVersion + " " + kind));
    }

    /** JSON with single quotes, for short literals in tests. */
    public static ObjectNode tree(String quoted) {
        return (ObjectNode) json(quoted.replace('\'', '"'));
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private static String text(String file) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
