package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.DuplicateKeyException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A document in YAML as the JSON it means.
 *
 * @param tree fields in the order of their names, as upstream's converter writes them; of a key given twice the last value
 * @param duplicates one line for every key given twice, such as {@code line 10: key "foo" already set in map}
 */
record YamlBody(JsonNode tree, List<String> duplicates) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Fails with a {@link YamlEngineException} for what is no YAML. */
    static YamlBody read(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            return new YamlBody(YamlTree.read(text, false), List.of());
        } catch (DuplicateKeyException e) {
            JsonNode tree = YamlTree.read(text, true);
            List<String> duplicates = new ArrayList<>();
            new Compose(YamlTree.settings(true))
                    .composeString(text)
                    .ifPresent(root -> collect(root, Collections.newSetFromMap(new IdentityHashMap<>()), duplicates));
            return new YamlBody(tree, List.copyOf(duplicates));
        }
    }

    /** The duplicates as one error of upstream's parser; empty when there are none. */
    String strictError() {
        return duplicates.isEmpty() ? "" : "yaml: unmarshal errors:\n  " + String.join("\n  ", duplicates);
    }

    /** The first line of what the parser says. */
    static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        int line = message.indexOf('\n');
        return line < 0 ? message : message.substring(0, line);
    }

    /** As upstream's parser finds them: what is inside a value before the value's own key. */
    private static void collect(Node node, Set<Node> seen, List<String> duplicates) {
        if (node instanceof SequenceNode list && seen.add(node)) {
            list.getValue().forEach(item -> collect(item, seen, duplicates));
        } else if (node instanceof MappingNode map && seen.add(node)) {
            Set<String> keys = new HashSet<>();
            for (NodeTuple field : map.getValue()) {
                collect(field.getValueNode(), seen, duplicates);
                if (field.getKeyNode() instanceof ScalarNode key && !keys.add(quoted(key))) {
                    field.getValueNode()
                            .getStartMark()
                            .ifPresent(mark -> duplicates.add(
                                    "line " + (mark.getLine() + 1) + ": key " + quoted(key) + " already set in map"));
                }
            }
        }
    }

    private static String quoted(ScalarNode key) {
        return key.getTag().equals(Tag.STR)
                ? MAPPER.getNodeFactory().textNode(key.getValue()).toString()
                : key.getValue();
    }
}
