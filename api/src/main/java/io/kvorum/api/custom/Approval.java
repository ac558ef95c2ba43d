package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;

/**
 * What the annotation of approval says of a definition in one of the groups that belong to Kubernetes.
 *
 * @param given the annotation's value; empty for none
 */
public record Approval(boolean protectedGroup, String given) {
    public static final String ANNOTATION = "api-approved.kubernetes.io";

    private static final String SEE = ", see https://github.com/kubernetes/enhancements/pull/1111";

    public static Approval of(JsonNode definition) {
        String group = Tree.text(definition, "spec", "group");
        boolean theirs = group.equals("k8s.io")
                || group.endsWith(".k8s.io")
                || group.equals("kubernetes.io")
                || group.endsWith(".kubernetes.io");
        return new Approval(theirs, Tree.text(definition, "metadata", "annotations", ANNOTATION));
    }

    public boolean approved() {
        return given.startsWith("https://") || given.startsWith("http://");
    }

    private boolean bypassed() {
        return given.startsWith("unapproved");
    }

    /** Whether the definition may be made. */
    public boolean acceptable() {
        return approved() || bypassed();
    }

    /** The reason of the condition. */
    public String reason() {
        if (given.isEmpty()) {
            return "MissingAnnotation";
        }
        return approved() ? "ApprovedAnnotation" : bypassed() ? "UnapprovedAnnotation" : "InvalidAnnotation";
    }

    public String message() {
        if (given.isEmpty()) {
            return "protected groups must have approval annotation \"" + ANNOTATION + "\"" + SEE;
        }
        if (approved()) {
            return "approved in " + given;
        }
        return bypassed()
                ? "not approved: \"" + given + "\""
                : "protected groups must have approval annotation \"" + ANNOTATION
                        + "\" with either a URL or a reason starting with \"unapproved\"" + SEE;
    }
}
