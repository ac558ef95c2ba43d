package io.kvorum.apiserver.cache;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;

/** Where objects lie in the store: {@code /registry/<group or core>/<resource>/[<namespace>/]<name>}. */
public final class StoreKeys {
    public static final String ROOT = "/registry/";

    private StoreKeys() {}

    /** {@code core/pods}: the cache's name of a stored resource. */
    public static String resource(String group, String resource) {
        return (group.isEmpty() ? "core" : group) + "/" + resource;
    }

    /**
     * A stored resource.
     *
     * @param group empty for the core group
     */
    public record Stored(String group, String resource) {
        /** Of the cache's name of it, or of a key from there on; both parts are empty where it is neither. */
        public static Stored of(String name) {
            int slash = name.indexOf('/');
            if (slash < 0) {
                return new Stored("", "");
            }
            int end = name.indexOf('/', slash + 1);
            String group = name.substring(0, slash);
            return new Stored(
                    group.equals("core") ? "" : group, name.substring(slash + 1, end < 0 ? name.length() : end));
        }
    }

    /** @param path {@code namespace/name} or {@code name} */
    public static ByteSequence key(String resource, String path) {
        return ByteSequence.utf8(ROOT + resource + "/" + path);
    }

    /** Keys of a resource, of one namespace unless that is empty. */
    public static KeyRange range(String resource, String namespace) {
        String prefix = ROOT + resource + "/" + (namespace.isEmpty() ? "" : namespace + "/");
        return KeyRange.prefix(ByteSequence.utf8(prefix));
    }
}
