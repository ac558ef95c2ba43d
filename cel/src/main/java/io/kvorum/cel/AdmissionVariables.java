package io.kvorum.cel;

import java.util.LinkedHashMap;
import java.util.Map;

/** The variables that expressions about a write speak of: those of admission policies and of webhooks' match conditions. */
public final class AdmissionVariables {
    /** What the one who writes may do: an {@link Authorization}. */
    public static final String AUTHORIZER = "authorizer";

    /** The same, asked about what is written: a value of {@link ValueType#resourceCheck}. */
    public static final String REQUEST_AUTHORIZER = "authorizer.requestResource";

    static final String PARAMS = "params";

    /** An AdmissionRequest without its objects; of its options nothing is known. */
    private static final ValueType REQUEST = ValueType.ofPlainNames("""
            {"type":"object","properties":{
              "kind":{"type":"object","properties":{
                "group":{"type":"string"},"version":{"type":"string"},"kind":{"type":"string"}}},
              "resource":{"type":"object","properties":{
                "group":{"type":"string"},"version":{"type":"string"},"resource":{"type":"string"}}},
              "subResource":{"type":"string"},
              "requestKind":{"type":"object","properties":{
                "group":{"type":"string"},"version":{"type":"string"},"kind":{"type":"string"}}},
              "requestResource":{"type":"object","properties":{
                "group":{"type":"string"},"version":{"type":"string"},"resource":{"type":"string"}}},
              "requestSubResource":{"type":"string"},
              "name":{"type":"string"},
              "namespace":{"type":"string"},
              "operation":{"type":"string"},
              "userInfo":{"type":"object","properties":{
                "username":{"type":"string"},
                "uid":{"type":"string"},
                "groups":{"type":"array","items":{"type":"string"}},
                "extra":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}}},
              "dryRun":{"type":"boolean"},
              "options":{}}}""");

    /** The parts of a Namespace that expressions are shown. */
    private static final ValueType NAMESPACE = ValueType.ofPlainNames("""
            {"type":"object","properties":{
              "metadata":{"type":"object","properties":{
                "name":{"type":"string"},
                "generateName":{"type":"string"},
                "namespace":{"type":"string"},
                "UID":{"type":"string"},
                "resourceVersion":{"type":"string"},
                "labels":{"type":"object","additionalProperties":{"type":"string"}},
                "annotations":{"type":"object","additionalProperties":{"type":"string"}},
                "creationTimestamp":{"type":"string","format":"date-time"},
                "deletionTimestamp":{"type":"string","format":"date-time"},
                "deletionGracePeriodSeconds":{"type":"integer"},
                "generation":{"type":"integer"},
                "finalizers":{"type":"array","items":{"type":"string"}}}},
              "spec":{"type":"object","properties":{"finalizers":{"type":"array","items":{"type":"string"}}}},
              "status":{"type":"object","properties":{"phase":{"type":"string"}}}}}""");

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
}
