package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;

/** What {@code --allow-privileged=false} forbids, in pods and in what makes pods, but for stateful sets. */
final class PrivilegeRules {
    private static final List<String> TEMPLATE = List.of("spec", "template", "spec");
    private static final Map<String, List<String>> SPECS = Map.of(
            "/Pod", List.of("spec"),
            "/PodTemplate", List.of("template", "spec"),
            "/ReplicationController", TEMPLATE,
            "apps/Deployment", TEMPLATE,
            "apps/ReplicaSet", TEMPLATE,
            "apps/DaemonSet", TEMPLATE,
            "batch/Job", TEMPLATE,
            "batch/CronJob", List.of("spec", "jobTemplate", "spec", "template", "spec"));

    private PrivilegeRules() {}

    static void check(ResourceInfo resource, JsonNode object, ValidationOptions options, FieldErrors errors) {
        if (options.privileged()) {
            return;
        }
        List<String> where = SPECS.get(resource.group() + "/" + resource.kind());
        if (where == null) {
            return;
        }
        String[] steps = where.toArray(String[]::new);
        JsonNode spec = Tree.at(object, steps);
        FieldPath path = FieldPath.ROOT.child(steps);
        boolean onHost = Tree.flag(spec, "securityContext", "windowsOptions", "hostProcess");
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            List<JsonNode> containers = Tree.items(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                JsonNode context = containers.get(i).path("securityContext");
                if (Tree.flag(context, "privileged")) {
                    errors.forbidden(
                            path.child(list).index(i).child("securityContext", "privileged"),
                            "disallowed by cluster policy");
                }
                onHost |= Tree.flag(context, "windowsOptions", "hostProcess");
            }
        }
        if (onHost) {
            errors.forbidden(path, "hostProcess containers are disallowed by cluster policy");
        }
    }
}
