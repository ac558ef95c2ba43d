package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.custom.CustomType;
import io.vertx.core.Future;
import java.util.List;

/** Converts custom resources between versions by asking somebody else. */
@FunctionalInterface
public interface Converter {
    /**
     * The objects in another version, in their order. Fails with an {@link io.kvorum.api.ApiException} when the webhook
     * cannot be asked or refuses.
     *
     * @param type of the definition that names the webhook
     * @param apiVersion wanted, {@code stable.example.com/v2}
     * @param objects not changed
     */
    Future<List<ObjectNode>> convert(CustomType type, String apiVersion, List<ObjectNode> objects);
}
