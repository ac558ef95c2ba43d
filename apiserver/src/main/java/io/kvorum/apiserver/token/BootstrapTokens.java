package io.kvorum.apiserver.token;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bootstrap tokens, {@code ID.SECRET}: those of Secrets {@code kube-system/bootstrap-token-ID} of type {@code
 * bootstrap.kubernetes.io/token} that are for authentication and have not run out. They are for the API server only.
 */
public final class BootstrapTokens implements TokenAuthenticator {
    private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
    private static final Pattern GROUP = Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");
    private static final String BOOTSTRAPPERS = "system:bootstrappers";

    private final WatchCache cache;
    private final Clock clock;
    private final List<String> own;

    /** @param audiences the API server's own */
    public BootstrapTokens(WatchCache cache, Clock clock, List<String> audiences) {
        this.cache = cache;
        this.clock = clock;
        this.own = List.copyOf(audiences);
    }

    @Override
    public Future<@Nullable Found> authenticate(String token, List<String> audiences) {
        Matcher parts = TOKEN.matcher(token);
        List<String> meant = audiences.isEmpty()
                ? own
                : audiences.stream().filter(own::contains).toList();
        if (!parts.matches() || meant.isEmpty()) {
            return Future.succeededFuture();
        }
        ObjectVersion secret = cache.of("core/secrets").get("kube-system/bootstrap-token-" + parts.group(1));
        if (secret == null) {
            return Future.succeededFuture();
        }
        User user = user(secret.tree(), parts.group(1), parts.group(2));
        return Future.succeededFuture(user == null ? null : new Found(user, meant));
    }

    private @Nullable User user(JsonNode secret, String id, String value) {
        boolean known = Tree.text(secret, "type").equals("bootstrap.kubernetes.io/token")
                && !Tree.has(secret.get("metadata"), "deletionTimestamp")
                && data(secret, "token-id").equals(id)
                && MessageDigest.isEqual(
                        data(secret, "token-secret").getBytes(StandardCharsets.UTF_8),
                        value.getBytes(StandardCharsets.UTF_8))
                && data(secret, "usage-bootstrap-authentication").equals("true")
                && lasts(data(secret, "expiration"));
        List<String> groups = known ? groups(data(secret, "auth-extra-groups")) : null;
        return groups == null ? null : new User("system:bootstrap:" + id, "", groups, Map.of());
    }

    private static String data(JsonNode secret, String key) {
        try {
            byte[] bytes =
                    Base64.getMimeDecoder().decode(Tree.text(secret.path("data").path(key)));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }

    /** A time that cannot be read is over. */
    private boolean lasts(String expiration) {
        if (expiration.isEmpty()) {
            return true;
        }
        try {
            Instant end = OffsetDateTime.parse(expiration).toInstant();
            return end.isAfter(clock.instant());
        } catch (DateTimeException malformed) {
            return false;
        }
    }

    /** Null when one of the groups is none that such a token may give. */
    private static @Nullable List<String> groups(String extra) {
        TreeSet<String> named = new TreeSet<>(List.of(BOOTSTRAPPERS));
        for (String group : extra.split(",")) {
            if (!group.isEmpty()) {
                if (!GROUP.matcher(group).matches()) {
                    return null;
                }
                named.add(group);
            }
        }
        List<String> groups = new ArrayList<>(named);
        groups.add(User.AUTHENTICATED);
        return List.copyOf(groups);
    }
}
