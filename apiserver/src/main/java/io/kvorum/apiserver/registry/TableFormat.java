package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import java.util.List;

/** Turns objects into a {@code meta.k8s.io/v1} Table. */
@FunctionalInterface
public interface TableFormat {
    /**
     * @param listMetadata {@code metadata} of the table: resourceVersion, continue, remainingItemCount
     * @param includeObject {@code None}, {@code Metadata} or {@code Object}; empty means Metadata
     */
    ObjectNode table(ResourceInfo info, List<ObjectNode> objects, ObjectNode listMetadata, String includeObject);
}
