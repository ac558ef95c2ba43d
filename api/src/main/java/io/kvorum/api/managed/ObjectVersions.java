package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Shows an object in other versions of its kind. */
public interface ObjectVersions {
    /** Only the version an object already has is known. */
    ObjectVersions ONE = (object, apiVersion) -> Optional.empty();

    /**
     * @param object in any version, with its {@code apiVersion}
     * @return empty when the version is not served any more
     */
    Optional<ObjectNode> convert(ObjectNode object, String apiVersion);
}
