package io.kvorum.apiserver.cache;

/**
 * What a watcher can at most be shown, so that it is not asked about every other change: with a watch of its own pods by
 * every kubelet and of single Secrets by every pod, most changes are for one of a thousand watchers.
 *
 * @param value a namespace, an object's path or a node's name; empty for everything
 */
public record Interest(In in, String value) {
    public static final Interest EVERYTHING = new Interest(In.EVERYTHING, "");

    /** By what changes are told apart. */
    public enum In {
        EVERYTHING,
        NAMESPACE,
        OBJECT,
        NODE
    }
}
