package io.kvorum.controllers.history;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.OwnerReferences;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod template as the data of a ControllerRevision: a strategic merge patch that puts the whole template back, which is
 * what {@code kubectl rollout undo} sends.
 */
public final class TemplateRevisions {
    /** Longest part of a name that comes from the owner; the hash and a dash must fit behind it. */
    private static final int LONGEST_PREFIX = 223;

    private TemplateRevisions() {}

    static Map<String, Object> data(PodTemplateSpec template) {
        ObjectNode fields = KubernetesJson.mapper().valueToTree(template);
        fields.put("$patch", "replace");
        // kubectl compares bytes to see whether a rollback would change anything, and sorts what it compares with.
        return Map.of("spec", Map.of("template", sorted(fields)));
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
            ObjectNode inOrder = object.objectNode();
            fields.forEach(inOrder::set);
            return inOrder;
        } else if (node instanceof ArrayNode list) {
            ArrayNode items = list.arrayNode();
            list.forEach(item -> items.add(sorted(item)));
            return items;
        }
        return node;
    }

    /** The template that {@code revision} holds; null when its data is something else. */
    public static @Nullable PodTemplateSpec template(ControllerRevision revision) {
        JsonNode held = KubernetesJson.mapper()
                .<JsonNode>valueToTree(revision.getData())
                .path("spec")
                .path("template");
        if (!(held instanceof ObjectNode fields)) {
            return null;
        }
        fields.remove("$patch");
        return KubernetesJson.mapper().treeToValue(fields, PodTemplateSpec.class);
    }

    /** Whether {@code revision} holds this very template; the order of fields does not matter. */
    public static boolean holds(ControllerRevision revision, PodTemplateSpec template) {
        return template.equals(template(revision));
    }

    /**
     * A revision to be created.
     *
     * @param hashLabel the label that carries {@code hash} beside the template's own
     * @param number one more than the largest there is
     */
    public static ControllerRevision of(
            HasMetadata owner, PodTemplateSpec template, String hashLabel, String hash, long number) {
        @Nullable
        Map<String, String> own =
                template.getMetadata() == null ? null : template.getMetadata().getLabels();
        Map<String, String> labels = new LinkedHashMap<>(own == null ? Map.of() : own);
        labels.put(hashLabel, hash);
        String name = owner.getMetadata().getName();
        return new ControllerRevisionBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withName((name.length() > LONGEST_PREFIX ? name.substring(0, LONGEST_PREFIX) : name) + "-" + hash)
                .withLabels(labels)
                .withAnnotations(owner.getMetadata().getAnnotations())
                .withOwnerReferences(OwnerReferences.controller(owner))
                .endMetadata()
                .withData(data(template))
                .withRevision(number)
                .build();
    }
}
