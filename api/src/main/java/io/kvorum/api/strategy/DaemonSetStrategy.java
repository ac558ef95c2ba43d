package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;

/** DaemonSets count the versions of their template in an annotation that old controllers read. */
final class DaemonSetStrategy extends GenericStrategy {
    private static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

    DaemonSetStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForCreate(ObjectNode daemonSet) {
        super.prepareForCreate(daemonSet);
        put(daemonSet, 1);
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        super.prepareForUpdate(old, next);
        String counted = Tree.text(old, "metadata", "annotations", TEMPLATE_GENERATION);
        long generation = counted.matches("[0-9]{1,18}") ? Long.parseLong(counted) : 1;
        boolean changed = !Tree.semanticallyEqual(Tree.at(old, "spec", "template"), Tree.at(next, "spec", "template"));
        put(next, changed ? generation + 1 : generation);
    }

    private static void put(ObjectNode daemonSet, long generation) {
        Tree.ensureObject(Tree.ensureObject(daemonSet, "metadata"), "annotations")
                .put(TEMPLATE_GENERATION, Long.toString(generation));
    }
}
