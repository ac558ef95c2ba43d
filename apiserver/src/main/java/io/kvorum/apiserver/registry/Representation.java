package io.kvorum.apiserver.registry;

import io.kvorum.api.ApiException;

/** The form in which the client wants objects, negotiated from its Accept header. */
public enum Representation {
    OBJECT,
    TABLE,
    PARTIAL,
    PARTIAL_LIST;

    /**
     * The first form in {@code accept} that is served; protobuf is passed over. 406 when none is.
     *
     * @param accept empty means anything
     */
    public static Representation negotiate(String accept) {
        if (accept.isEmpty() || accept.equals("application/json") || accept.equals("*/*")) {
            return OBJECT;
        }
        for (String range : accept.split(",")) {
            String[] parts = range.trim().split(";");
            String type = parts[0].trim();
            boolean json = type.equals("application/json") || type.equals("*/*") || type.equals("application/*");
            if (!json) {
                continue;
            }
            String as = parameter(parts, "as");
            String group = parameter(parts, "g");
            if (as.isEmpty()) {
                return OBJECT;
            }
            if (!group.equals("meta.k8s.io")) {
                continue;
            }
            String version = parameter(parts, "v");
            if (!version.equals("v1")) {
                continue;
            }
            switch (as) {
                case "Table":
                    return TABLE;
                case "PartialObjectMetadata":
                    return PARTIAL;
                case "PartialObjectMetadataList":
                    return PARTIAL_LIST;
                default:
                    break;
            }
        }
        throw new ApiException(
                406,
                "NotAcceptable",
                "only the following media types are accepted: application/json, application/yaml",
                null);
    }

    private static String parameter(String[] parts, String name) {
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].trim();
            if (part.length() > name.length() && part.startsWith(name) && part.charAt(name.length()) == '=') {
                return part.substring(name.length() + 1);
            }
        }
        return "";
    }
}
