package io.kvorum.apiserver.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;

/** The value under an allocated address or port: who holds it. Internal, never served. */
final class Allocation {
    private Allocation() {}

    static byte[] stored(ObjectNode service, String what) {
        ObjectNode allocation = ObjectJson.object();
        allocation.put("kind", "Allocation");
        allocation.put("apiVersion", "internal.kvorum.io/v1");
        allocation.putObject("metadata").put("name", what);
        ObjectNode holder = allocation.putObject("service");
        holder.put("namespace", Tree.text(service, "metadata", "namespace"));
        holder.put("name", Tree.text(service, "metadata", "name"));
        return ObjectJson.encode(allocation);
    }
}
