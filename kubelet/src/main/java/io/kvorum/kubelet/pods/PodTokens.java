package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.ApiClient;
import io.kvorum.client.KubernetesJson;
import io.kvorum.kubelet.volumes.PodVolumes.TokenWanted;
import io.vertx.core.Future;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The service account tokens of the node's pods, each bound to its pod. A token is asked for when it is first needed and
 * anew when four fifths of its life, or a day, are over; when that fails the present one is used as long as it counts.
 */
public final class PodTokens {
    private static final Duration REQUEST = Duration.ofSeconds(10);
    private static final Duration LONGEST_USE = Duration.ofHours(24);
    private static final double RENEWED_AT = 0.8;

    private final Requests requests;
    private final Clock clock;
    private final Map<Key, Token> tokens = new HashMap<>();

    private record Key(String podUid, TokenWanted wanted) {}

    /**
     * A token.
     *
     * @param renewal when to ask for another
     */
    private record Token(String text, Instant renewal, Instant expiry) {}

    /** Asks the API server. */
    @FunctionalInterface
    public interface Requests {
        /** @return the status of the TokenRequest: {@code token}, {@code expirationTimestamp} */
        Future<Map<?, ?>> create(String namespace, String account, Map<String, Object> request);
    }

    public PodTokens(Requests requests, Clock clock) {
        this.requests = requests;
        this.clock = clock;
    }

    /** Tokens from {@code api}. */
    public static PodTokens of(ApiClient api, Clock clock) {
        Requests requests = (namespace, account, request) -> {
            String uri = "/api/v1/namespaces/" + escaped(namespace) + "/serviceaccounts/" + escaped(account) + "/token";
            return api.raw("POST", uri, "application/json", KubernetesJson.write(request), REQUEST)
                    .map(answer -> KubernetesJson.read(answer, Map.class).get("status") instanceof Map<?, ?> status
                            ? status
                            : Map.of());
        };
        return new PodTokens(requests, clock);
    }

    private static String escaped(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }

    /** The token for one projection of a pod. */
    public Future<String> token(Pod pod, TokenWanted wanted) {
        Instant now = clock.instant();
        tokens.values().removeIf(token -> now.isAfter(token.expiry()));
        Key key = new Key(pod.getMetadata().getUid(), wanted);
        Token known = tokens.get(key);
        if (known != null && now.isBefore(known.renewal())) {
            return Future.succeededFuture(known.text());
        }
        return requests.create(pod.getMetadata().getNamespace(), account(pod), request(pod, wanted))
                .map(status -> keep(key, status, now))
                .recover(cause -> known == null ? Future.failedFuture(cause) : Future.succeededFuture(known.text()));
    }

    private static String account(Pod pod) {
        String name = pod.getSpec().getServiceAccountName();
        return name == null || name.isEmpty() ? "default" : name;
    }

    private static Map<String, Object> request(Pod pod, TokenWanted wanted) {
        Map<String, Object> bound = new LinkedHashMap<>();
        bound.put("apiVersion", "v1");
        bound.put("kind", "Pod");
        bound.put("name", pod.getMetadata().getName());
        bound.put("uid", pod.getMetadata().getUid());
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("audiences", wanted.audience().isEmpty() ? List.of() : List.of(wanted.audience()));
        spec.put("expirationSeconds", wanted.seconds());
        spec.put("boundObjectRef", bound);
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("apiVersion", "authentication.k8s.io/v1");
        request.put("kind", "TokenRequest");
        request.put("spec", spec);
        return request;
    }

    private String keep(Key key, Map<?, ?> status, Instant now) {
        if (!(status.get("token") instanceof String text)) {
            throw new IllegalStateException("the API server answered a TokenRequest without a token");
        }
        Instant expiry = expiry(status, now.plusSeconds(key.wanted().seconds()));
        Duration life = Duration.between(now, expiry);
        Duration use = Duration.ofMillis((long) (life.toMillis() * RENEWED_AT));
        Instant renewal = now.plus(use.compareTo(LONGEST_USE) < 0 ? use : LONGEST_USE);
        tokens.put(key, new Token(text, renewal, expiry));
        return text;
    }

    private static Instant expiry(Map<?, ?> status, Instant assumed) {
        try {
            return status.get("expirationTimestamp") instanceof String text ? Instant.parse(text) : assumed;
        } catch (DateTimeParseException e) {
            return assumed;
        }
    }
}
