package io.kvorum.apiserver.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.auth.Selectors;
import io.kvorum.apiserver.request.User;
import java.util.List;

/** A question of an authorizer as a SubjectAccessReview of {@code authorization.k8s.io}. */
final class AccessReview {
    private static final String GROUP = "authorization.k8s.io/";

    /** Of whatever is longer the answers are not remembered: it may be meant to fill the memory. */
    private static final int MOST_REMEMBERED = 10_000;

    private final User user;
    private final Attributes asked;
    private final List<Selectors.Requirement> fields;
    private final List<Selectors.Requirement> labels;

    AccessReview(User user, Attributes asked) {
        this.user = user;
        this.asked = asked;
        this.fields = asked.selectors().ofFields();
        this.labels = asked.selectors().ofLabels();
    }

    /** @param version {@code v1}, or {@code v1beta1}, which calls the groups {@code group} */
    ObjectNode of(String version) {
        ObjectNode review = Tree.newObject();
        review.put("kind", "SubjectAccessReview").put("apiVersion", GROUP + version);
        review.putObject("metadata");
        ObjectNode spec = review.putObject("spec");
        if (asked.isResource()) {
            ObjectNode resource = spec.putObject("resourceAttributes");
            put(resource, "namespace", asked.namespace());
            put(resource, "verb", asked.verb());
            put(resource, "group", asked.group());
            put(resource, "version", asked.version());
            put(resource, "resource", asked.resource());
            put(resource, "subresource", asked.subresource());
            put(resource, "name", asked.name());
            selectors(resource);
        } else {
            ObjectNode path = spec.putObject("nonResourceAttributes");
            put(path, "path", asked.path());
            put(path, "verb", asked.verb());
        }
        put(spec, "user", user.name());
        if (!user.groups().isEmpty()) {
            texts(spec.putArray(version.equals("v1") ? "groups" : "group"), user.groups());
        }
        if (!user.extra().isEmpty()) {
            extra(spec.putObject("extra"));
        }
        put(spec, "uid", user.uid());
        review.putObject("status").put("allowed", false);
        return review;
    }

    /** The variable {@code request} of match conditions: all of the specification, what is empty too. */
    ObjectNode request() {
        ObjectNode spec = Tree.newObject();
        spec.put("user", user.name()).put("uid", user.uid());
        texts(spec.putArray("groups"), user.groups());
        extra(spec.putObject("extra"));
        if (asked.isResource()) {
            ObjectNode resource = spec.putObject("resourceAttributes");
            resource.put("namespace", asked.namespace())
                    .put("verb", asked.verb())
                    .put("group", asked.group())
                    .put("version", asked.version())
                    .put("resource", asked.resource())
                    .put("subresource", asked.subresource())
                    .put("name", asked.name());
            selectors(resource);
        } else {
            spec.putObject("nonResourceAttributes").put("verb", asked.verb()).put("path", asked.path());
        }
        return spec;
    }

    boolean isRemembered() {
        Selectors selectors = asked.selectors();
        long told = selectors.fieldRequirements().size()
                + selectors.labelRequirements().size();
        long length = (long) asked.namespace().length()
                + asked.verb().length()
                + asked.group().length()
                + asked.version().length()
                + asked.resource().length()
                + asked.subresource().length()
                + asked.name().length()
                + asked.path().length()
                + selectors.fields().length()
                + selectors.labels().length();
        return told == 0 && length < MOST_REMEMBERED;
    }

    private void selectors(ObjectNode resource) {
        requirements(resource, "fieldSelector", fields);
        requirements(resource, "labelSelector", labels);
    }

    private static void requirements(ObjectNode resource, String name, List<Selectors.Requirement> all) {
        if (all.isEmpty()) {
            return;
        }
        ArrayNode told = resource.putObject(name).putArray("requirements");
        for (Selectors.Requirement each : all) {
            ObjectNode requirement = told.addObject().put("key", each.key()).put("operator", each.operator());
            if (!each.values().isEmpty()) {
                texts(requirement.putArray("values"), each.values());
            }
        }
    }

    private void extra(ObjectNode to) {
        user.extra().forEach((key, values) -> texts(to.putArray(key), values));
    }

    private static void texts(ArrayNode to, List<String> texts) {
        texts.forEach(to::add);
    }

    private static void put(ObjectNode to, String field, String text) {
        if (!text.isEmpty()) {
            to.put(field, text);
        }
    }
}
