package io.kvorum.cel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The variables that expressions about a write speak of: those of admission policies and of webhooks' match conditions. */
public final class AdmissionVariables {
    /** What the one who writes may do: an {@link Authorization}. */
    public static final String AUTHORIZER = "authorizer";

    /** The same, asked about what is written: a value of {@link ValueType#resourceCheck}. */
    public static final String REQUEST_AUTHORIZER = "authorizer.requestResource";

    static final String PARAMS = "params";

    private static final ValueType REQUEST = ValueType.of(request());
    private static final ValueType NAMESPACE = ValueType.of(namespace());

    private AdmissionVariables() {}

    /**
     * By name, but for parameters and variables of policies.
     *
     * @param object of the object before and after the write
     */
    public static Map<String, ValueType> types(ValueType object) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        types.put("object", object);
        types.put("oldObject", object);
        types.put("request", REQUEST);
        types.put("namespaceObject", NAMESPACE);
        types.put(AUTHORIZER, ValueType.authorizer());
        types.put(REQUEST_AUTHORIZER, ValueType.resourceCheck());
        return types;
    }

    /** An AdmissionRequest without its objects; of its options nothing is known. */
    private static ObjectNode request() {
        ObjectNode user = object();
        texts(user, "username", "uid");
        list(user, "groups");
        map(user, "extra").putObject("items").put("type", "string");
        ((ObjectNode) user.at("/properties/extra/additionalProperties")).put("type", "array");
        ObjectNode request = object();
        for (String kind : new String[] {"kind", "requestKind"}) {
            texts(property(request, kind, "object"), "group", "version", "kind");
        }
        for (String resource : new String[] {"resource", "requestResource"}) {
            texts(property(request, resource, "object"), "group", "version", "resource");
        }
        texts(request, "subResource", "requestSubResource", "name", "namespace", "operation");
        ((ObjectNode) request.get("properties")).set("userInfo", user);
        property(request, "dryRun", "boolean");
        ((ObjectNode) request.get("properties")).putObject("options");
        return request;
    }

    /** The parts of a Namespace that expressions are shown. */
    private static ObjectNode namespace() {
        ObjectNode metadata = object();
        texts(metadata, "name", "generateName", "namespace", "UID", "resourceVersion");
        map(metadata, "labels").put("type", "string");
        map(metadata, "annotations").put("type", "string");
        property(metadata, "creationTimestamp", "string").put("format", "date-time");
        property(metadata, "deletionTimestamp", "string").put("format", "date-time");
        property(metadata, "deletionGracePeriodSeconds", "integer");
        property(metadata, "generation", "integer");
        list(metadata, "finalizers");
        ObjectNode namespace = object();
        ((ObjectNode) namespace.get("properties")).set("metadata", metadata);
        list(property(namespace, "spec", "object"), "finalizers");
        texts(property(namespace, "status", "object"), "phase");
        return namespace;
    }

    private static ObjectNode object() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        schema.putObject("properties");
        return schema;
    }

    private static ObjectNode property(ObjectNode of, String name, String type) {
        return of.withObject("/properties").putObject(name).put("type", type);
    }

    private static void texts(ObjectNode of, String... names) {
        for (String name : names) {
            property(of, name, "string");
        }
    }

    private static void list(ObjectNode of, String name) {
        property(of, name, "array").putObject("items").put("type", "string");
    }

    /** The schema of its values, to be filled. */
    private static ObjectNode map(ObjectNode of, String name) {
        return property(of, name, "object").putObject("additionalProperties");
    }
}
