package io.kvorum.api.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.strategy.Strategies;
import io.kvorum.api.strategy.Strategy;
import io.kvorum.api.validation.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Minimal objects, defaulted and prepared for creation, are field by field what a real API server stores. */
class GoldenDefaultsTest {
    private static final List<ObjectNode> INPUTS = Golden.objects("minimal-input.yaml");
    private static final List<ObjectNode> OUTPUTS = Golden.objects("server-output.yaml");

    @TestFactory
    Stream<DynamicTest> minimalObjectsAreDefaultedAsUpstream() {
        return Stream.iterate(0, i -> i < INPUTS.size(), i -> i + 1)
                .map(i -> DynamicTest.dynamicTest(title(OUTPUTS.get(i)), () -> compare(INPUTS.get(i), OUTPUTS.get(i))));
    }

    @TestFactory
    Stream<DynamicTest> defaultingTwiceChangesNothing() {
        return INPUTS.stream()
                .map(input -> DynamicTest.dynamicTest(title(input), () -> {
                    ResourceInfo resource = Golden.resource(input);
                    ObjectNode once = input.deepCopy();
                    Defaults.apply(resource, once);
                    ObjectNode twice = once.deepCopy();
                    Defaults.apply(resource, twice);
                    assertThat(twice).isEqualTo(once);
                }));
    }

    @TestFactory
    Stream<DynamicTest> defaultedObjectsAreValid() {
        return Stream.iterate(0, i -> i < INPUTS.size(), i -> i + 1)
                .map(i -> DynamicTest.dynamicTest(title(INPUTS.get(i)), () -> {
                    ResourceInfo resource = Golden.resource(INPUTS.get(i));
                    ObjectNode created = created(resource, INPUTS.get(i), OUTPUTS.get(i));
                    assertThat(Validation.create(resource, created)).isEmpty();
                    assertThat(Validation.update(resource, created, created.deepCopy()))
                            .isEmpty();
                }));
    }

    @Test
    void inputsAndOutputsArePairs() {
        assertThat(INPUTS).hasSameSizeAs(OUTPUTS).hasSizeGreaterThan(40);
    }

    private static void compare(ObjectNode input, ObjectNode output) {
        ObjectNode created = created(Golden.resource(input), input, output);
        ObjectNode expected = output.deepCopy();
        withoutServersOwn(created);
        withoutServersOwn(expected);
        assertThat(lines(created)).isEqualTo(lines(expected));
    }

    private static ObjectNode created(ResourceInfo resource, ObjectNode input, ObjectNode output) {
        ObjectNode created = input.deepCopy();
        ObjectNode metadata = Tree.ensureObject(created, "metadata");
        if (resource.namespaced()) {
            metadata.put("namespace", "default");
        }
        metadata.put("uid", Tree.text(output, "metadata", "uid"));
        Strategy strategy = Strategies.of(resource);
        Defaults.apply(resource, created);
        strategy.prepareForCreate(created);
        strategy.canonicalize(created);
        return created;
    }

    /** What admission plugins and allocators add, and what differs from run to run. */
    private static void withoutServersOwn(ObjectNode object) {
        ObjectNode metadata = Tree.object(object, "metadata");
        metadata.remove(List.of("creationTimestamp", "uid", "resourceVersion", "managedFields"));
        ObjectNode spec = Tree.object(object, "spec");
        switch (Tree.text(object, "kind")) {
            case "Pod" -> spec.remove(List.of("tolerations", "priority", "preemptionPolicy"));
            case "Node" -> spec.remove("taints");
            case "PersistentVolume", "PersistentVolumeClaim" -> {
                metadata.remove("finalizers");
                Tree.object(object, "status").remove("lastPhaseTransitionTime");
            }
            case "Service" -> {
                if (!Tree.text(spec, "clusterIP").equals("None")) {
                    spec.remove(List.of("clusterIP", "clusterIPs"));
                }
                Tree.objects(spec, "ports").forEach(port -> port.remove("nodePort"));
            }
            case "CustomResourceDefinition" -> Tree.object(object, "status").remove("storedVersions");
            default -> {
                // Everything else is compared whole.
            }
        }
    }

    /** Field paths with their values, sorted, so that a difference names its field. */
    private static List<String> lines(ObjectNode object) {
        TreeMap<String, String> fields = new TreeMap<>();
        flatten("", object, fields);
        List<String> lines = new ArrayList<>();
        for (String path : new TreeSet<>(fields.keySet())) {
            lines.add(path + " = " + fields.get(path));
        }
        return lines;
    }

    private static void flatten(String path, JsonNode node, TreeMap<String, String> fields) {
        if (node.isContainerNode() && !node.isEmpty()) {
            if (node.isObject()) {
                node.properties().forEach(e -> flatten(path + "." + e.getKey(), e.getValue(), fields));
            } else {
                for (int i = 0; i < node.size(); i++) {
                    flatten(path + "[" + i + "]", node.get(i), fields);
                }
            }
        } else {
            fields.put(path, node.toString());
        }
    }

    private static String title(ObjectNode object) {
        return object.path("apiVersion").asText() + " " + object.path("kind").asText() + " "
                + Tree.text(object, "metadata", "name");
    }
}
