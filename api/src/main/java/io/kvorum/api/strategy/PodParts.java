package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;

/** The parts of a running pod that have subresources of their own: ephemeral containers, and the sizes of containers. */
final class PodParts {
    private PodParts() {}

    /** Makes {@code next} the old pod with the new ephemeral containers. */
    static void ephemeralContainers(ObjectNode old, ObjectNode next) {
        ObjectNode wanted = Tree.object(next, "spec").deepCopy();
        asItWas(old, next);
        GenericStrategy.copyField(wanted, Tree.ensureObject(next, "spec"), "ephemeralContainers");
    }

    /** Makes {@code next} the old pod with new resources where a container of the same name has them. */
    static void resize(ObjectNode old, ObjectNode next) {
        ObjectNode wanted = Tree.object(next, "spec").deepCopy();
        asItWas(old, next);
        for (String list : List.of("containers", "initContainers")) {
            List<ObjectNode> containers = Tree.objects(next, "spec", list);
            List<ObjectNode> sized = Tree.objects(wanted, list);
            // Another number of containers is no resize; validation sees that nothing has changed.
            for (int i = 0; i < containers.size() && containers.size() == sized.size(); i++) {
                if (Tree.text(containers.get(i), "name").equals(Tree.text(sized.get(i), "name"))) {
                    GenericStrategy.copyField(sized.get(i), containers.get(i), "resources");
                    GenericStrategy.copyField(sized.get(i), containers.get(i), "resizePolicy");
                }
            }
        }
    }

    private static void asItWas(ObjectNode old, ObjectNode next) {
        GenericStrategy.copyField(old, next, "spec");
        GenericStrategy.copyField(old, next, "status");
        for (String field : List.of("labels", "annotations", "finalizers", "ownerReferences", "generation")) {
            GenericStrategy.copyMeta(old, next, field);
        }
    }

    /** Counts the generation up where the spec is another one. */
    static void count(ObjectNode old, ObjectNode next) {
        if (!Tree.semanticallyEqual(old.get("spec"), next.get("spec"))) {
            Tree.ensureObject(next, "metadata").put("generation", Tree.number(old, "metadata", "generation") + 1);
        }
    }
}
