package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import java.util.List;
import java.util.Set;

/** Questions about users and permissions that are answered and never stored. */
final class Reviews {
    private static final Set<String> RESOURCES = Set.of(
            "selfsubjectreviews",
            "selfsubjectaccessreviews",
            "localsubjectaccessreviews",
            "subjectaccessreviews",
            "selfsubjectrulesreviews");

    private final Authorizer authorizer;
    private final ObjectMetadata metadata;

    Reviews(Authorizer authorizer, ObjectMetadata metadata) {
        this.authorizer = authorizer;
        this.metadata = metadata;
    }

    static boolean serves(Served served) {
        String group = served.info().group();
        return (group.equals("authentication.k8s.io") || group.equals("authorization.k8s.io"))
                && RESOURCES.contains(served.info().resource());
    }

    ApiResponse create(Served served, RequestInfo info, ApiRequest request, User user) {
        ObjectNode review =
                Bodies.decode(served.info(), request, FieldValidation.IGNORE).object();
        ObjectNode meta = Tree.ensureObject(review, "metadata");
        if (!meta.hasNonNull("creationTimestamp")) {
            meta.put("creationTimestamp", metadata.now());
        }
        switch (served.info().resource()) {
            case "selfsubjectreviews" -> {
                ObjectNode info1 = review.putObject("status").putObject("userInfo");
                info1.put("username", user.name());
                ArrayNode groups = info1.putArray("groups");
                user.groups().forEach(groups::add);
            }
            case "selfsubjectrulesreviews" -> rules(review);
            case "selfsubjectaccessreviews" -> decide(review, user);
            default -> {
                JsonNode spec = review.path("spec");
                decide(review, new User(Tree.text(spec, "user"), List.copyOf(Tree.texts(spec, "groups"))));
            }
        }
        return ApiResponse.json(201, ObjectJson.encode(review));
    }

    private void decide(ObjectNode review, User user) {
        JsonNode spec = review.path("spec");
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        Authorizer.Decision decision = authorizer.authorize(
                user,
                new Authorizer.Attributes(
                        Tree.text(resource.isObject() ? resource : path, "verb"),
                        Tree.text(resource, "group"),
                        Tree.text(resource, "version"),
                        Tree.text(resource, "resource"),
                        Tree.text(resource, "subresource"),
                        Tree.text(resource, "namespace"),
                        Tree.text(resource, "name"),
                        Tree.text(path, "path")));
        ObjectNode status = review.putObject("status");
        status.put("allowed", decision.allowed());
        if (!decision.reason().isEmpty()) {
            status.put("reason", decision.reason());
        }
    }

    /** With no rules to enumerate, the answer is what is known: everything, or that the list is incomplete. */
    private void rules(ObjectNode review) {
        ObjectNode status = review.putObject("status");
        boolean all = authorizer == Authorizer.ALWAYS_ALLOW;
        status.put("incomplete", !all);
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        if (all) {
            ObjectNode rule = resources.addObject();
            rule.putArray("verbs").add("*");
            rule.putArray("apiGroups").add("*");
            rule.putArray("resources").add("*");
            ObjectNode path = paths.addObject();
            path.putArray("verbs").add("*");
            path.putArray("nonResourceURLs").add("*");
        }
    }
}
