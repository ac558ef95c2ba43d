package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;

/** Jobs select their pods by labels made of the job's uid, unless the user chooses the selector. */
final class JobStrategy extends GenericStrategy {
    JobStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForCreate(ObjectNode job) {
        super.prepareForCreate(job);
        ObjectNode spec = Tree.ensureObject(job, "spec");
        ObjectNode metadata = Tree.ensureObject(job, "metadata");
        ObjectNode template = Tree.ensureObject(Tree.ensureObject(spec, "template"), "metadata");
        if (!Tree.flag(spec, "manualSelector")) {
            String uid = Tree.text(metadata, "uid");
            String name = Tree.text(metadata, "name");
            // Others' labels stay, and are refused.
            ObjectNode labels = Tree.ensureObject(template, "labels");
            Tree.setDefault(labels, "batch.kubernetes.io/controller-uid", uid);
            Tree.setDefault(labels, "batch.kubernetes.io/job-name", name);
            Tree.setDefault(labels, "controller-uid", uid);
            Tree.setDefault(labels, "job-name", name);
            ObjectNode selector = Tree.ensureObject(spec, "selector");
            Tree.setDefault(Tree.ensureObject(selector, "matchLabels"), "batch.kubernetes.io/controller-uid", uid);
        }
        ObjectNode labels = Tree.object(template, "labels");
        if (!labels.isEmpty() && Tree.object(metadata, "labels").isEmpty()) {
            metadata.set("labels", labels.deepCopy());
        }
    }
}
