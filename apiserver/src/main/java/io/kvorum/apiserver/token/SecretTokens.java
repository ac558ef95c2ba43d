package io.kvorum.apiserver.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.cache.Watcher;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token controller: fills Secrets of type {@code kubernetes.io/service-account-token}, and removes those whose
 * service account is gone. Runs in every API server; whoever is first wins, the others find it done.
 */
public final class SecretTokens {
    private static final Logger LOG = LoggerFactory.getLogger(SecretTokens.class);
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String NAME = "kubernetes.io/service-account.name";
    private static final String UID = "kubernetes.io/service-account.uid";
    private static final String SECRETS = "core/secrets";
    private static final String ACCOUNTS = "core/serviceaccounts";
    private static final long RETRY_MILLIS = 1_000;
    /** What events of the cache missed while it was not whole is found at the next look at all. */
    private static final long RESYNC_MILLIS = 30_000;

    /** Writes as the API server. */
    public interface Writer {
        Future<Void> replaceSecret(ObjectNode secret);

        /** Only when it still has that uid. */
        Future<Void> deleteSecret(String namespace, String name, String uid);
    }

    private final Vertx vertx;
    private final WatchCache cache;
    private final AccountTokens tokens;
    private final Writer writer;
    private final byte @Nullable [] authority;
    private final Set<String> working = new HashSet<>();
    private final Follow secrets = new Follow(SECRETS);
    private final Follow accounts = new Follow(ACCOUNTS);
    private boolean stopped;
    private long resync = -1;

    /** @param authority the certificates for {@code ca.crt}, in PEM; null to leave it out */
    public SecretTokens(
            Vertx vertx, WatchCache cache, AccountTokens tokens, Writer writer, byte @Nullable [] authority) {
        this.vertx = vertx;
        this.cache = cache;
        this.tokens = tokens;
        this.writer = writer;
        this.authority = authority;
    }

    public void start() {
        follow();
        all();
        resync = vertx.setPeriodic(RESYNC_MILLIS, id -> {
            follow();
            all();
        });
    }

    public void stop() {
        stopped = true;
        vertx.cancelTimer(resync);
        cache.of(SECRETS).unwatch(secrets);
        cache.of(ACCOUNTS).unwatch(accounts);
    }

    private void follow() {
        if (cache.synced()) {
            secrets.begin();
            accounts.begin();
        }
    }

    private void all() {
        if (cache.synced()) {
            List.copyOf(cache.of(SECRETS).list("")).forEach(this::look);
        }
    }

    private final class Follow implements Watcher {
        private final String resource;
        private boolean following;

        Follow(String resource) {
            this.resource = resource;
        }

        void begin() {
            if (!following) {
                following = true;
                ResourceCache followed = cache.of(resource);
                followed.watch(cache.revision(), this);
            }
        }

        @Override
        public void changed(CacheEvent event) {
            ObjectVersion after = event.after();
            ObjectVersion seen = after != null ? after : event.before();
            if (seen == null) {
                return;
            }
            if (resource.equals(SECRETS)) {
                if (after != null) {
                    look(after);
                }
            } else {
                List<ObjectVersion> there = new ArrayList<>(cache.of(SECRETS).list(seen.namespace()));
                // After the cache has taken the change in.
                vertx.runOnContext(v -> there.forEach(SecretTokens.this::look));
            }
        }

        @Override
        public void lost() {
            following = false;
        }
    }

    private void look(ObjectVersion secret) {
        // Most Secrets are of another type; the bytes tell without decoding.
        if (stopped || !mentions(secret.json())) {
            return;
        }
        ObjectNode tree = secret.tree();
        String name = Tree.text(tree, "metadata", "annotations", NAME);
        if (!Tree.text(tree, "type").equals(TYPE)
                || name.isEmpty()
                || Tree.has(tree.get("metadata"), "deletionTimestamp")
                || !working.add(secret.path())) {
            return;
        }
        work(secret, tree, name).onComplete(done -> {
            working.remove(secret.path());
            if (done.failed() && !harmless(done.cause())) {
                LOG.warn(
                        "token secret not filled secret={} cause={}",
                        secret.path(),
                        done.cause().toString());
                vertx.setTimer(RETRY_MILLIS, id -> again(secret.path()));
            } else {
                // It may have changed meanwhile.
                ObjectVersion now = cache.of(SECRETS).get(secret.path());
                if (now != null && now.revision() > secret.revision()) {
                    look(now);
                }
            }
        });
    }

    private void again(String path) {
        ObjectVersion now = cache.of(SECRETS).get(path);
        if (now != null) {
            look(now);
        }
    }

    private static boolean harmless(Throwable cause) {
        return cause instanceof ApiException refused && (refused.conflict() || refused.notFound());
    }

    private static boolean mentions(byte[] json) {
        return new String(json, StandardCharsets.ISO_8859_1).contains(TYPE);
    }

    private Future<Void> work(ObjectVersion secret, ObjectNode tree, String name) {
        ObjectVersion account = cache.of(ACCOUNTS).get(secret.namespace() + "/" + name);
        String uid = Tree.text(tree, "metadata", "annotations", UID);
        String accountUid = account == null ? "" : Tree.text(account.selectable(), "metadata", "uid");
        if (account == null || !uid.isEmpty() && !uid.equals(accountUid)) {
            return writer.deleteSecret(secret.namespace(), secret.name(), Tree.text(tree, "metadata", "uid"));
        }
        boolean hasToken = !Tree.text(tree, "data", "token").isEmpty();
        boolean whole = hasToken
                && !uid.isEmpty()
                && !Tree.text(tree, "data", "namespace").isEmpty()
                && (authority == null || !Tree.text(tree, "data", "ca.crt").isEmpty());
        if (whole || !tokens.canSign()) {
            return Future.succeededFuture();
        }
        Claims claims = Claims.legacy(secret.namespace(), new Claims.Reference(name, accountUid), secret.name());
        return (hasToken ? Future.succeededFuture("") : tokens.sign(claims)).compose(token -> {
            Tree.ensureObject(Tree.ensureObject(tree, "metadata"), "annotations")
                    .put(UID, accountUid);
            ObjectNode data = Tree.ensureObject(tree, "data");
            if (!hasToken) {
                put(data, "token", token.getBytes(StandardCharsets.US_ASCII));
            }
            put(data, "namespace", secret.namespace().getBytes(StandardCharsets.UTF_8));
            if (authority != null) {
                put(data, "ca.crt", authority);
            }
            return writer.replaceSecret(tree);
        });
    }

    private static void put(ObjectNode data, String key, byte[] value) {
        data.put(key, Base64.getEncoder().encodeToString(value));
    }
}
