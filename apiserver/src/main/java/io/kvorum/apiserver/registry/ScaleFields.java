package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomObjects;
import io.kvorum.api.custom.CustomType;
import io.kvorum.api.selector.LabelSelector;

/** Where an object has what its scale shows. */
interface ScaleFields {
    /** Of the built-in kinds. */
    ScaleFields BUILTIN = new ScaleFields() {
        @Override
        public int wanted(ObjectNode object) {
            return (int) Tree.number(object, "spec", "replicas");
        }

        @Override
        public int present(ObjectNode object) {
            return (int) Tree.number(object, "status", "replicas");
        }

        @Override
        public String selector(ObjectNode object) {
            JsonNode selector = object.path("spec").path("selector");
            return Tree.text(object, "kind").equals("ReplicationController")
                    ? LabelSelector.ofLabels(Tree.map(selector)).toString()
                    : LabelSelector.of(selector).toString();
        }

        @Override
        public void want(ObjectNode object, int replicas) {
            Tree.ensureObject(object, "spec").put("replicas", replicas);
        }
    };

    int wanted(ObjectNode object);

    int present(ObjectNode object);

    /** The string form; empty for none. */
    String selector(ObjectNode object);

    void want(ObjectNode object, int replicas);

    static ScaleFields of(ResourceInfo info) {
        CustomType.ScalePaths paths =
                info.custom() == null ? null : info.custom().scale();
        return paths == null ? BUILTIN : new Custom(paths);
    }

    /** Of a custom resource, at the paths its definition names. */
    record Custom(CustomType.ScalePaths paths) implements ScaleFields {
        @Override
        public int wanted(ObjectNode object) {
            JsonNode found = CustomObjects.at(object, paths.specReplicas());
            if (!found.isNumber()) {
                throw ApiException.internal("the spec replicas field \"" + paths.specReplicas() + "\" does not exist");
            }
            return found.asInt();
        }

        @Override
        public int present(ObjectNode object) {
            return CustomObjects.at(object, paths.statusReplicas()).asInt(0);
        }

        @Override
        public String selector(ObjectNode object) {
            return paths.selector().isEmpty()
                    ? ""
                    : CustomObjects.at(object, paths.selector()).asText("");
        }

        @Override
        public void want(ObjectNode object, int replicas) {
            String[] steps = paths.specReplicas().substring(1).split("\\.");
            ObjectNode here = object;
            for (int i = 0; i < steps.length - 1; i++) {
                here = Tree.ensureObject(here, steps[i]);
            }
            here.put(steps[steps.length - 1], replicas);
        }
    }
}
