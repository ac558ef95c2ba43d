package io.kvorum.apiserver.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.auth.TokenFailure;
import io.kvorum.apiserver.cache.ExpiringCache;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a webhook by TokenReviews whose a token is. Its answers are remembered for a while; of tokens nothing is kept but what
 * they cannot be found out from. Belongs to the event loop.
 */
public final class WebhookTokens implements TokenAuthenticator {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookTokens.class);
    private static final String GROUP = "authentication.k8s.io/";
    private static final String DIGEST = "HmacSHA256";
    private static final int MOST_REMEMBERED = 8192;

    /** Upstream counts the attempts of those alone who decide what somebody may. */
    private static final ReviewClient.Attempts UNCOUNTED = (result, nanos) -> {};

    private final How how;
    private final ReviewClient client;
    private final List<String> own;
    private final Mac digest;
    private final TokenCacheMetrics metrics;
    private final ExpiringCache<String, Answer> answers;
    private final Map<String, Future<Answer>> asking = new HashMap<>();

    /**
     * How it is asked.
     *
     * @param version of its TokenReviews, {@code v1} or {@code v1beta1}
     * @param life how long an answer is remembered, whatever it says; zero: not
     */
    public record How(WebhookService service, String version, Duration life) {}

    /** @param found null: nobody's */
    private record Answer(@Nullable Found found) {}

    /** @param audiences the API server's own */
    public WebhookTokens(How how, ReviewClient client, Clock clock, List<String> audiences, TokenCacheMetrics metrics) {
        this.metrics = metrics;
        this.how = how;
        this.client = client;
        this.own = List.copyOf(audiences);
        this.answers = new ExpiringCache<>(clock, MOST_REMEMBERED);
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        try {
            digest = Mac.getInstance(DIGEST);
            digest.init(new SecretKeySpec(secret, DIGEST));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    /** Fails with {@link TokenFailure} when the webhook does not answer, or says why it does not know. */
    @Override
    public Future<@Nullable Found> authenticate(String token, List<String> audiences) {
        long began = System.nanoTime();
        List<String> wanted = audiences.isEmpty() ? own : audiences;
        String key = key(token, wanted);
        Answer known = answers.get(key);
        if (known != null) {
            metrics.answered(true, System.nanoTime() - began);
            return Future.succeededFuture(known.found);
        }
        metrics.waits(1);
        // Many requests with one token come at once: one of them asks for all.
        Future<Answer> under = asking.get(key);
        if (under == null) {
            metrics.begins();
            Future<Answer> asked = client.post(review(token, wanted), UNCOUNTED)
                    .recover(cause -> {
                        LOG.error("webhook not asked whose a token is cause={}", cause.getMessage());
                        return Future.failedFuture(new TokenFailure(String.valueOf(cause.getMessage())));
                    })
                    .compose(status -> answer(status, wanted));
            asking.put(key, asked);
            under = asked.onComplete(done -> {
                asking.remove(key);
                metrics.ends(done.succeeded());
                if (done.succeeded()) {
                    answers.put(key, done.result(), how.life());
                }
            });
        }
        return under.onComplete(done -> {
                    metrics.waits(-1);
                    metrics.answered(false, System.nanoTime() - began);
                })
                .map(answer -> answer.found);
    }

    private ObjectNode review(String token, List<String> audiences) {
        ObjectNode review = Tree.newObject();
        review.put("kind", "TokenReview").put("apiVersion", GROUP + how.version());
        review.putObject("metadata");
        ObjectNode spec = review.putObject("spec").put("token", token);
        ArrayNode list = spec.putArray("audiences");
        audiences.forEach(list::add);
        review.putObject("status").putObject("user");
        return review;
    }

    /** A webhook that says nothing of audiences speaks for the API server's own. */
    private Future<Answer> answer(JsonNode status, List<String> wanted) {
        List<String> said = Tree.texts(status, "audiences");
        List<String> meant =
                wanted.stream().filter((said.isEmpty() ? own : said)::contains).toList();
        if (meant.isEmpty()) {
            return Future.succeededFuture(new Answer(null));
        }
        if (!Tree.flag(status, "authenticated")) {
            String error = Tree.text(status, "error");
            return error.isEmpty()
                    ? Future.succeededFuture(new Answer(null))
                    : Future.failedFuture(new TokenFailure(error));
        }
        User user = user(status.path("user"));
        return user.name().isEmpty()
                ? Future.failedFuture(new TokenFailure("the webhook names no user"))
                : Future.succeededFuture(new Answer(new Found(user, meant)));
    }

    private static User user(JsonNode given) {
        String name = Tree.text(given, "username");
        List<String> groups = new ArrayList<>(Tree.texts(given, "groups"));
        boolean told = groups.contains(User.AUTHENTICATED) || groups.contains(User.UNAUTHENTICATED);
        if (!told && !name.equals(User.ANONYMOUS.name())) {
            groups.add(User.AUTHENTICATED);
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        given.path("extra").properties().forEach(entry -> extra.put(entry.getKey(), texts(entry.getValue())));
        return new User(name, Tree.text(given, "uid"), List.copyOf(groups), extra);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return List.copyOf(texts);
    }

    /** Every part with its length, so that no two questions are the same. */
    private String key(String token, List<String> audiences) {
        part(token);
        audiences.forEach(this::part);
        return Base64.getEncoder().encodeToString(digest.doFinal());
    }

    private void part(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }
}
