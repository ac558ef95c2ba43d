package io.kvorum.faults.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A YAML node that knows its place. */
record PlanNode(Place place, Node node) {
    static PlanNode read(String source, String yaml) {
        Place top = new Place(source, 1, "");
        try {
            Node root = new Compose(LoadSettings.builder().setLabel(source).build())
                    .composeString(yaml)
                    .orElseThrow(() -> top.wrong("the plan is empty"));
            return new PlanNode(new Place(source, line(root), ""), root);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw new Place(source, line, "").wrong("not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw top.wrong("not YAML: " + e.getMessage());
        }
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    PlanException wrong(String message) {
        return place.wrong(message);
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** The items of a list. */
    List<PlanNode> items() {
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong("must be a list");
        }
        List<PlanNode> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            items.add(new PlanNode(place.at(line(item), items.size()), item));
        }
        return items;
    }

    /** The fields of a mapping, in their order. */
    Map<String, PlanNode> fields() {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong("must be a mapping of fields");
        }
        Map<String, PlanNode> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw wrong("has a field whose name is no text");
            }
            PlanNode value = new PlanNode(place.at(line(key), key.getValue()), tuple.getValueNode());
            if (fields.put(key.getValue(), value) != null) {
                throw value.wrong("is given twice");
            }
        }
        return fields;
    }

    /** The fields of a mapping that has no others than these. */
    Map<String, PlanNode> fields(Set<String> allowed) {
        Map<String, PlanNode> fields = fields();
        fields.forEach((name, value) -> {
            if (!allowed.contains(name)) {
                throw value.wrong("is not known here; there are " + String.join(", ", new TreeSet<>(allowed)));
            }
        });
        return fields;
    }

    String text() {
        if (!(node instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
            throw wrong("must be a text");
        }
        return scalar.getValue().strip();
    }

    long number(long least, long most) {
        try {
            long number = Long.parseLong(text());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong("\"" + text() + "\" is not a whole number from " + least + " to " + most);
    }
}
