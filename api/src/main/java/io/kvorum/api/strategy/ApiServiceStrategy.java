package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;

/** APIServices that name no Service are served by the API server itself, and available from birth. */
final class ApiServiceStrategy extends GenericStrategy {
    ApiServiceStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    ObjectNode initialStatus(ObjectNode service) {
        ObjectNode status = super.initialStatus(service);
        if (!Tree.has(service.get("spec"), "service")) {
            Tree.ensureArray(status, "conditions")
                    .addObject()
                    .put("type", "Available")
                    .put("status", "True")
                    .put("lastTransitionTime", Tree.text(service, "metadata", "creationTimestamp"))
                    .put("reason", "Local")
                    .put("message", "Local APIServices are always available");
        }
        return status;
    }

    @Override
    boolean statusUpdateKeepsLabels() {
        return true;
    }
}
