package io.kvorum.apiserver.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers a TokenRequest: {@code serviceaccounts/token}. */
public final class TokenRequests {
    private static final long DEFAULT_SECONDS = 3600;
    private static final long LEAST_SECONDS = 600;
    private static final long MOST_SECONDS = 1L << 32;

    private final AccountTokens tokens;
    private final WatchCache cache;
    private final Clock clock;
    private final Duration mostLife;

    /** @param mostLife longer requests get this; zero for no limit */
    public TokenRequests(AccountTokens tokens, WatchCache cache, Clock clock, Duration mostLife) {
        this.tokens = tokens;
        this.cache = cache;
        this.clock = clock;
        this.mostLife = mostLife;
    }

    /** Fills in what the request leaves open, and checks the rest. */
    public void complete(ObjectNode request, String name) {
        ObjectNode spec = Tree.ensureObject(request, "spec");
        if (Tree.texts(spec, "audiences").isEmpty()) {
            ArrayNode audiences = spec.putArray("audiences");
            tokens.audiences().forEach(audiences::add);
        }
        if (!spec.hasNonNull("expirationSeconds")) {
            spec.put("expirationSeconds", DEFAULT_SECONDS);
        }
        long seconds = Tree.number(spec, "expirationSeconds");
        String wrong = seconds < LEAST_SECONDS
                ? "may not specify a duration less than 10 minutes"
                : seconds > MOST_SECONDS ? "may not specify a duration larger than 2^32 seconds" : "";
        if (!wrong.isEmpty()) {
            throw ApiException.invalid(
                    "authentication.k8s.io",
                    "TokenRequest",
                    name,
                    List.of(new ApiException.Cause(
                            "FieldValueInvalid",
                            "Invalid value: " + seconds + ": " + wrong,
                            "spec.expirationSeconds")));
        }
        if (!mostLife.isZero() && seconds > mostLife.toSeconds()) {
            spec.put("expirationSeconds", mostLife.toSeconds());
        }
    }

    /**
     * Makes the token.
     *
     * <p>Errors: NotFound for the account or what the token is to be bound to; Conflict when that has another uid.
     *
     * @param request complete; gets its status
     */
    public Future<ObjectNode> issue(String namespace, String name, ObjectNode request) {
        if (!tokens.canSign()) {
            throw ApiException.unavailable(
                    "this API server makes no tokens: it has no --service-account-signing-key-file");
        }
        JsonNode bound = request.path("spec").path("boundObjectRef");
        return find("serviceaccounts", namespace, name).compose(account -> {
            ObjectNode meta = request.putObject("metadata");
            meta.put("name", name);
            meta.put("namespace", namespace);
            meta.put(
                    "creationTimestamp",
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
            return bound.isObject()
                    ? binding(namespace, name, bound).compose(to -> signed(namespace, account, request, to))
                    : signed(namespace, account, request, new Binding(null, null, null));
        });
    }

    private record Binding(
            Claims.@Nullable Reference pod, Claims.@Nullable Reference node, Claims.@Nullable Reference secret) {}

    private Future<ObjectNode> signed(String namespace, ObjectVersion account, ObjectNode request, Binding binding) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expiry = now.plusSeconds(Tree.number(request, "spec", "expirationSeconds"));
        Claims claims = new Claims(
                false,
                tokens.issuer(),
                namespace,
                reference(account),
                List.copyOf(Tree.texts(request, "spec", "audiences")),
                now,
                expiry,
                UUID.randomUUID().toString(),
                binding.pod(),
                binding.node(),
                binding.secret());
        return tokens.sign(claims).map(token -> {
            ObjectNode status = request.putObject("status");
            status.put("token", token);
            status.put("expirationTimestamp", expiry.toString());
            return request;
        });
    }

    private Future<Binding> binding(String namespace, String account, JsonNode bound) {
        String kind = Tree.text(bound, "kind");
        String name = Tree.text(bound, "name");
        if (!AccountTokens.BINDABLE.contains(kind)
                || !Tree.text(bound, "apiVersion").equals("v1")) {
            throw ApiException.badRequest("cannot bind token for serviceaccount \"" + account + "\" to object of type "
                    + Tree.text(bound, "apiVersion") + ", Kind=" + kind);
        }
        return switch (kind) {
            case "Pod" -> find("pods", namespace, name).map(pod -> pod(account, bound, pod));
            case "Secret" ->
                find("secrets", namespace, name).map(secret -> new Binding(null, null, checked(bound, secret)));
            default -> find("nodes", "", name).map(node -> new Binding(null, checked(bound, node), null));
        };
    }

    private Binding pod(String account, JsonNode bound, ObjectVersion pod) {
        JsonNode spec = pod.selectable().path("spec");
        if (!Tree.text(spec, "serviceAccountName").equals(account)) {
            throw ApiException.badRequest("cannot bind token for serviceaccount \"" + account
                    + "\" to pod running with different serviceaccount name.");
        }
        String nodeName = Tree.text(spec, "nodeName");
        ObjectVersion node = nodeName.isEmpty() ? null : cache.of("core/nodes").get(nodeName);
        Claims.Reference on = node == null ? null : reference(node);
        return new Binding(checked(bound, pod), on, null);
    }

    private static Claims.Reference checked(JsonNode bound, ObjectVersion found) {
        Claims.Reference reference = reference(found);
        String uid = Tree.text(bound, "uid");
        if (!uid.isEmpty() && !uid.equals(reference.uid())) {
            throw ApiException.conflict(
                    "",
                    Tree.text(bound, "kind"),
                    found.name(),
                    "the UID in the bound object reference (" + uid + ") does not match the UID in record ("
                            + reference.uid() + "). The object might have been deleted and then recreated");
        }
        return reference;
    }

    private static Claims.Reference reference(ObjectVersion object) {
        return new Claims.Reference(object.name(), Tree.text(object.selectable(), "metadata", "uid"));
    }

    private Future<ObjectVersion> find(String resource, String namespace, String name) {
        String path = namespace.isEmpty() ? name : namespace + "/" + name;
        ObjectVersion known = cache.of("core/" + resource).get(path);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        return cache.fresh().map(fresh -> {
            ObjectVersion found = cache.of("core/" + resource).get(path);
            if (found == null) {
                throw ApiException.notFound("", resource, name);
            }
            return found;
        });
    }
}
