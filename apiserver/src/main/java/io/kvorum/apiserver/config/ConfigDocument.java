package io.kvorum.apiserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.api.ApiException;
import io.kvorum.api.GoDuration;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** One document in YAML or JSON of a kind of {@code apiserver.config.k8s.io}. A field that the kind does not have is refused. */
public final class ConfigDocument {
    private static final String GROUP = "apiserver.config.k8s.io/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode root;
    private final List<String> unknown = new ArrayList<>();

    private ConfigDocument(JsonNode root) {
        this.root = root;
    }

    /**
     * Reads it.
     *
     * @param versions those that are known, the first is told
     * @throws IllegalArgumentException it is no YAML, or of another kind
     */
    public static ConfigDocument parse(String yaml, String kind, List<String> versions) {
        JsonNode root = tree(yaml);
        String version = Tree.text(root, "apiVersion");
        boolean known = version.startsWith(GROUP) && versions.contains(version.substring(GROUP.length()));
        if (!known || !Tree.text(root, "kind").equals(kind)) {
            throw new IllegalArgumentException("kind " + kind + " of " + GROUP + versions.get(0) + " expected");
        }
        return new ConfigDocument(root);
    }

    /**
     * What stands in a file in YAML or JSON.
     *
     * @throws IllegalArgumentException it is neither
     */
    public static JsonNode tree(String yaml) {
        return JSON.valueToTree(load(yaml));
    }

    /**
     * The same as maps, lists and scalars.
     *
     * @throws IllegalArgumentException it is neither
     */
    public static @Nullable Object load(String yaml) {
        try {
            return new Load(LoadSettings.builder().build()).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("no YAML: " + e.getMessage(), e);
        }
    }

    /** Whether one text in YAML or JSON says what another does. */
    public static boolean sameTree(String one, String other) {
        return tree(one).equals(tree(other));
    }

    public JsonNode root() {
        return root;
    }

    /** Notes the fields of a part that are none of these. */
    public void only(JsonNode part, String path, Set<String> fields) {
        part.fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                unknown.add("unknown field \"" + (path.isEmpty() ? name : path + "." + name) + "\"");
            }
        });
    }

    /** @throws IllegalArgumentException fields were noted, worded as upstream */
    public void checkStrict() {
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("strict decoding error: " + String.join(", ", unknown));
        }
    }

    /**
     * A duration as Go writes it; {@code absent} when it is not there.
     *
     * @throws IllegalArgumentException it is none
     */
    public static Duration duration(JsonNode part, String field, Duration absent) {
        return part.hasNonNull(field) ? GoDuration.parse(part.get(field).asText()) : absent;
    }

    /** @throws IllegalArgumentException there are findings: as upstream puts them together */
    public static void check(FieldErrors errors) {
        List<String> all = errors.causes().stream().map(ConfigDocument::told).toList();
        if (!all.isEmpty()) {
            throw new IllegalArgumentException(all.size() == 1 ? all.get(0) : "[" + String.join(", ", all) + "]");
        }
    }

    private static String told(ApiException.Cause cause) {
        return cause.field() + ": " + cause.message();
    }
}
