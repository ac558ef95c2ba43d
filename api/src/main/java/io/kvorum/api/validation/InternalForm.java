package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;

/**
 * Small objects as upstream shows them in findings: its internal types have no names for JSON, so all their fields are
 * there, by their names in Go.
 */
final class InternalForm {
    private InternalForm() {}

    static ObjectNode objectReference(JsonNode reference) {
        return Tree.newObject()
                .put("Kind", Tree.text(reference, "kind"))
                .put("Namespace", Tree.text(reference, "namespace"))
                .put("Name", Tree.text(reference, "name"))
                .put("UID", Tree.text(reference, "uid"))
                .put("APIVersion", Tree.text(reference, "apiVersion"))
                .put("ResourceVersion", Tree.text(reference, "resourceVersion"))
                .put("FieldPath", Tree.text(reference, "fieldPath"));
    }

    static ObjectNode eventSource(JsonNode source) {
        return Tree.newObject().put("Component", Tree.text(source, "component")).put("Host", Tree.text(source, "host"));
    }

    /** A port of a Service with nothing but its protocol and number. */
    static ObjectNode servicePort(String protocol, long number) {
        return Tree.newObject()
                .put("Name", "")
                .put("Protocol", protocol)
                .putNull("AppProtocol")
                .put("Port", number)
                .put("TargetPort", 0)
                .put("NodePort", 0);
    }

    static ObjectNode nonResource(JsonNode attributes) {
        return Tree.newObject().put("Path", Tree.text(attributes, "path")).put("Verb", Tree.text(attributes, "verb"));
    }

    static ObjectNode taint(JsonNode taint) {
        ObjectNode form = Tree.newObject()
                .put("Key", Tree.text(taint, "key"))
                .put("Value", Tree.text(taint, "value"))
                .put("Effect", Tree.text(taint, "effect"));
        form.set("TimeAdded", taint.get("timeAdded"));
        return form;
    }

    static ObjectNode nodeAddress(JsonNode address) {
        return Tree.newObject().put("Type", Tree.text(address, "type")).put("Address", Tree.text(address, "address"));
    }

    static ObjectNode disruptionBudget(JsonNode spec) {
        ObjectNode form = Tree.newObject();
        form.set("MinAvailable", spec.get("minAvailable"));
        form.set("Selector", spec.get("selector"));
        form.set("MaxUnavailable", spec.get("maxUnavailable"));
        form.set("UnhealthyPodEvictionPolicy", spec.get("unhealthyPodEvictionPolicy"));
        return form;
    }

    /** A strategy of a type that is unknown, of which no other field counts. */
    static ObjectNode updateStrategy(JsonNode strategy) {
        return Tree.newObject().put("Type", Tree.text(strategy, "type")).putNull("RollingUpdate");
    }

    static ObjectNode successPolicy(List<JsonNode> rules) {
        ObjectNode form = Tree.newObject();
        ArrayNode shown = form.putArray("Rules");
        for (JsonNode rule : rules) {
            ObjectNode each = shown.addObject();
            each.set("SucceededIndexes", rule.get("succeededIndexes"));
            each.set("SucceededCount", rule.get("succeededCount"));
        }
        return form;
    }

    static ObjectNode uncountedPods(JsonNode pods) {
        ObjectNode form = Tree.newObject();
        form.set("Succeeded", pods.get("succeeded"));
        form.set("Failed", pods.get("failed"));
        return form;
    }

    static ObjectNode scopeSelector(JsonNode selector) {
        ObjectNode form = Tree.newObject();
        ArrayNode expressions = form.putArray("MatchExpressions");
        for (JsonNode each : Tree.items(selector, "matchExpressions")) {
            expressions
                    .addObject()
                    .put("ScopeName", Tree.text(each, "scopeName"))
                    .put("Operator", Tree.text(each, "operator"))
                    .set("Values", each.get("values"));
        }
        return form;
    }

    static ObjectNode toleration(JsonNode toleration) {
        ObjectNode form = Tree.newObject()
                .put("Key", Tree.text(toleration, "key"))
                .put("Operator", Tree.text(toleration, "operator"))
                .put("Value", Tree.text(toleration, "value"))
                .put("Effect", Tree.text(toleration, "effect"));
        form.set("TolerationSeconds", toleration.get("tolerationSeconds"));
        return form;
    }

    static ObjectNode parentReference(JsonNode parent) {
        return Tree.newObject()
                .put("Group", Tree.text(parent, "group"))
                .put("Resource", Tree.text(parent, "resource"))
                .put("Namespace", Tree.text(parent, "namespace"))
                .put("Name", Tree.text(parent, "name"));
    }

    /** A driver of a CSINode, without the number of its volumes. */
    static ObjectNode nodeDriver(JsonNode driver) {
        ObjectNode form =
                Tree.newObject().put("Name", Tree.text(driver, "name")).put("NodeID", Tree.text(driver, "nodeID"));
        form.set("TopologyKeys", driver.get("topologyKeys"));
        return form.putNull("Allocatable");
    }

    static ObjectNode attachmentSpec(JsonNode spec) {
        ObjectNode form = Tree.newObject().put("Attacher", Tree.text(spec, "attacher"));
        ObjectNode source = form.putObject("Source");
        source.set("PersistentVolumeName", Tree.at(spec, "source").get("persistentVolumeName"));
        source.set("InlineVolumeSpec", Tree.at(spec, "source").get("inlineVolumeSpec"));
        return form.put("NodeName", Tree.text(spec, "nodeName"));
    }

    static ObjectNode volumeAffinity(JsonNode affinity) {
        ObjectNode form = Tree.newObject();
        JsonNode required = affinity.path("required");
        if (!required.isObject()) {
            return form.putNull("Required");
        }
        ArrayNode terms = Tree.newArray();
        for (JsonNode term : Tree.items(required, "nodeSelectorTerms")) {
            ObjectNode shown = terms.addObject();
            shown.set("MatchExpressions", requirements(term.path("matchExpressions")));
            shown.set("MatchFields", requirements(term.path("matchFields")));
        }
        form.putObject("Required").set("NodeSelectorTerms", terms);
        return form;
    }

    private static JsonNode requirements(JsonNode list) {
        if (!list.isArray()) {
            return NullNode.getInstance();
        }
        ArrayNode requirements = Tree.newArray();
        for (JsonNode each : list) {
            requirements
                    .addObject()
                    .put("Key", Tree.text(each, "key"))
                    .put("Operator", Tree.text(each, "operator"))
                    .set("Values", each.get("values"));
        }
        return requirements;
    }
}
