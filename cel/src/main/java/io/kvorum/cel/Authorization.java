package io.kvorum.cel;

/** Who may do what, as expressions of admission ask it by their variable {@code authorizer} (KEP-3488). Must not block. */
public interface Authorization {
    /** Throws an {@link Unanswered}, which ends the evaluation, where the answer is not there yet. */
    Answer ask(Question question);

    /**
     * An expression asks for what has to be found out elsewhere; it is evaluated again when that is known. No exception, since
     * the evaluation of {@code &&} and {@code ||} takes those for values and goes on.
     */
    abstract class Unanswered extends Error {
        private static final long serialVersionUID = 1;

        protected Unanswered() {
            super("the answer is not there yet", null, false, false);
        }
    }

    /** The same asked for a service account. */
    Authorization ofServiceAccount(String namespace, String name);

    /**
     * @param reason may be empty
     * @param error why it could not be decided; empty when it could
     */
    record Answer(boolean allowed, String reason, String error) {
        public Answer(boolean allowed, String reason) {
            this(allowed, reason, "");
        }
    }

    /**
     * What is asked for.
     *
     * @param path set, and the rest empty, for what is no resource
     * @param namespace empty for cluster-scoped resources and for all namespaces
     * @param name empty for all objects
     * @param fieldSelector what narrows it, as in queries; may be empty
     * @param labelSelector likewise
     */
    record Question(
            String verb,
            String path,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name,
            String fieldSelector,
            String labelSelector) {
        public Question(
                String verb,
                String path,
                String group,
                String resource,
                String subresource,
                String namespace,
                String name) {
            this(verb, path, group, resource, subresource, namespace, name, "", "");
        }
    }
}
