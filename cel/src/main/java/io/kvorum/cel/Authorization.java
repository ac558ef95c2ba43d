package io.kvorum.cel;

/** Who may do what, as expressions of admission ask it by their variable {@code authorizer} (KEP-3488). Must not block. */
public interface Authorization {
    Answer ask(Question question);

    /** The same asked for a service account. */
    Authorization ofServiceAccount(String namespace, String name);

    /** @param reason may be empty */
    record Answer(boolean allowed, String reason) {}

    /**
     * What is asked for.
     *
     * @param path set, and the rest empty, for what is no resource
     * @param namespace empty for cluster-scoped resources and for all namespaces
     * @param name empty for all objects
     */
    record Question(
            String verb,
            String path,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name) {}
}
