package io.kvorum.apiserver.rbac;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;

/** Makes trees of roles and bindings. */
final class Bindings {
    private Bindings() {}

    static ObjectNode roleBinding(String namespace, String name, String roleKind, String role) {
        ObjectNode binding = Tree.newObject();
        ObjectNode meta = binding.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            meta.put("namespace", namespace);
        }
        binding.putObject("roleRef").put("kind", roleKind).put("name", role);
        return binding;
    }

    static void group(ObjectNode binding, String group) {
        Tree.ensureArray(binding, "subjects").addObject().put("kind", "Group").put("name", group);
    }

    static void user(ObjectNode binding, String user) {
        Tree.ensureArray(binding, "subjects").addObject().put("kind", "User").put("name", user);
    }
}
