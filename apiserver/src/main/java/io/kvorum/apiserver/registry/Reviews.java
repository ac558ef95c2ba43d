package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.api.validation.AccessReviewRules;
import io.kvorum.apiserver.auth.Access;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.auth.RulesDescriber;
import io.kvorum.apiserver.auth.Selectors;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.auth.TokenFailure;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.Accepted;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Encoding;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions about users and permissions that are answered and never stored. */
final class Reviews {
    private static final String AUTHENTICATION = "authentication.k8s.io";
    private static final String AUTHORIZATION = "authorization.k8s.io";
    private static final String SELF_REVIEWS = "selfsubjectreviews";

    /** Versions of SelfSubjectReview that kubectl 1.27 and older ask for; in no discovery document. */
    private static final Set<String> OLD_VERSIONS = Set.of("v1beta1", "v1alpha1");

    private static final Set<String> RESOURCES = Set.of(
            SELF_REVIEWS,
            "tokenreviews",
            "selfsubjectaccessreviews",
            "localsubjectaccessreviews",
            "subjectaccessreviews",
            "selfsubjectrulesreviews");

    private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist");

    private final Access access;
    private final RulesDescriber rules;
    private final TokenAuthenticator tokens;
    private final ObjectMetadata metadata;

    Reviews(Access access, RulesDescriber rules, TokenAuthenticator tokens, ObjectMetadata metadata) {
        this.access = access;
        this.rules = rules;
        this.tokens = tokens;
        this.metadata = metadata;
    }

    static boolean serves(Served served) {
        String group = served.info().group();
        return (group.equals(AUTHENTICATION) || group.equals(AUTHORIZATION))
                && RESOURCES.contains(served.info().resource());
    }

    static boolean knowsVersion(String group, String version) {
        return group.equals(AUTHENTICATION) && OLD_VERSIONS.contains(version);
    }

    static boolean isOldSelfReview(RequestInfo info) {
        return knowsVersion(info.group(), info.version())
                && info.resource().equals(SELF_REVIEWS)
                && info.verb().equals("create");
    }

    /** A SelfSubjectReview; what was sent has nothing in it that matters. */
    ApiResponse self(String apiVersion, User user) {
        ObjectNode review = ObjectJson.object();
        review.put("kind", "SelfSubjectReview");
        review.put("apiVersion", apiVersion);
        review.putObject("metadata").put("creationTimestamp", metadata.now());
        userInfo(review.putObject("status").putObject("userInfo"), user);
        return ApiResponse.json(201, ObjectJson.encode(review));
    }

    Future<ApiResponse> create(Served served, RequestInfo info, ApiRequest request, User user) {
        // What is answered and never stored has no columns: who takes nothing but a table gets 406.
        Accepted.withoutTables(request.header("Accept"), EnumSet.allOf(Encoding.class));
        if (served.info().resource().equals(SELF_REVIEWS)) {
            return Future.succeededFuture(self(info.apiVersion(), user));
        }
        ObjectNode review =
                Bodies.decode(served.info(), request, FieldValidation.IGNORE).object();
        ObjectNode meta = Tree.ensureObject(review, "metadata");
        metadata.checkNamespace(served, info.namespace(), review);
        if (served.info().resource().endsWith("subjectaccessreviews")) {
            List<ApiException.Cause> wrong =
                    AccessReviewRules.check(served.info().resource(), review);
            if (!wrong.isEmpty()) {
                throw ApiException.invalid(served.info().group(), served.info().kind(), "", wrong);
            }
        }
        if (!meta.hasNonNull("creationTimestamp")) {
            meta.put("creationTimestamp", metadata.now());
        }
        JsonNode spec = review.path("spec");
        Future<?> done = switch (served.info().resource()) {
            case "tokenreviews" -> token(review);
            case "selfsubjectrulesreviews" -> rules(review, user);
            case "selfsubjectaccessreviews" -> decide(review, user);
            default -> decide(review, subject(spec));
        };
        return done.map(any -> ApiResponse.json(201, ObjectJson.encode(review)));
    }

    private Future<?> token(ObjectNode review) {
        String token = Tree.text(review, "spec", "token");
        if (token.isEmpty()) {
            throw ApiException.badRequest("token is required for TokenReview in authentication");
        }
        List<String> audiences = Tree.texts(review, "spec", "audiences");
        return tokens.authenticate(token, audiences)
                .map(found -> reviewed(review, found))
                .recover(cause -> {
                    if (!(cause instanceof TokenFailure)) {
                        return Future.failedFuture(cause);
                    }
                    nobody(review, String.valueOf(cause.getMessage()));
                    return Future.succeededFuture();
                });
    }

    private static void nobody(ObjectNode review, String error) {
        ObjectNode status = review.putObject("status");
        status.putObject("user");
        status.put("error", error);
    }

    private static Void reviewed(ObjectNode review, TokenAuthenticator.@Nullable Found found) {
        if (found == null) {
            nobody(review, "invalid bearer token");
            return null;
        }
        ObjectNode status = review.putObject("status");
        status.put("authenticated", true);
        userInfo(status.putObject("user"), found.user());
        ArrayNode list = status.putArray("audiences");
        found.audiences().forEach(list::add);
        return null;
    }

    static void userInfo(ObjectNode info, User user) {
        info.put("username", user.name());
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        ArrayNode groups = info.putArray("groups");
        user.groups().forEach(groups::add);
        if (!user.extra().isEmpty()) {
            ObjectNode extra = info.putObject("extra");
            user.extra().forEach((key, values) -> {
                ArrayNode list = extra.putArray(key);
                values.forEach(list::add);
            });
        }
    }

    private static User subject(JsonNode spec) {
        String name = Tree.text(spec, "user");
        List<String> groups = List.copyOf(Tree.texts(spec, "groups"));
        Map<String, List<String>> extra = new LinkedHashMap<>();
        spec.path("extra").properties().forEach(entry -> {
            List<String> values = new ArrayList<>();
            entry.getValue().forEach(value -> values.add(value.asText()));
            extra.put(entry.getKey(), values);
        });
        return new User(name, Tree.text(spec, "uid"), groups, extra);
    }

    private Future<?> decide(ObjectNode review, User user) {
        JsonNode spec = review.path("spec");
        return access.decide(user, attributes(spec)).map(decision -> {
            ObjectNode status = review.putObject("status");
            status.put("allowed", decision.allowed());
            if (decision.denied()) {
                status.put("denied", true);
            }
            if (!decision.reason().isEmpty()) {
                status.put("reason", decision.reason());
            }
            if (!decision.error().isEmpty()) {
                status.put("evaluationError", decision.error());
            }
            return null;
        });
    }

    private static Attributes attributes(JsonNode spec) {
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        String version = Tree.text(resource, "version");
        return new Attributes(
                Tree.text(resource.isObject() ? resource : path, "verb"),
                Tree.text(resource, "group"),
                resource.isObject() && version.isEmpty() ? "*" : version,
                Tree.text(resource, "resource"),
                Tree.text(resource, "subresource"),
                Tree.text(resource, "namespace"),
                Tree.text(resource, "name"),
                Tree.text(path, "path"),
                new Selectors(
                        Tree.text(resource, "fieldSelector", "rawSelector"),
                        Tree.text(resource, "labelSelector", "rawSelector"),
                        requirements(resource.path("fieldSelector")),
                        requirements(resource.path("labelSelector"))));
    }

    private static List<Selectors.Requirement> requirements(JsonNode selector) {
        List<Selectors.Requirement> found = new ArrayList<>();
        for (JsonNode each : Tree.items(selector, "requirements")) {
            String operator = Tree.text(each, "operator");
            // What nobody knows narrows nothing.
            if (OPERATORS.contains(operator)) {
                found.add(new Selectors.Requirement(Tree.text(each, "key"), operator, Tree.texts(each, "values")));
            }
        }
        return found;
    }

    private Future<?> rules(ObjectNode review, User user) {
        String namespace = Tree.text(review, "spec", "namespace");
        if (namespace.isEmpty()) {
            throw ApiException.badRequest("no namespace on request");
        }
        rules.describe(user, namespace, review.putObject("status"));
        return Future.succeededFuture();
    }
}
