package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives pods their service account: {@code default} when they name none, its image pull secrets, and the volume with its
 * token, mounted in every container, unless pod or account say {@code automountServiceAccountToken: false}.
 */
public final class ServiceAccountAdmission extends PodAdmission {
    private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String VOLUME_PREFIX = "kube-api-access-";
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX = 5;
    private static final long TOKEN_SECONDS = 3607;
    private static final String MIRROR = "kubernetes.io/config.mirror";

    /** A controller makes the account {@code default} shortly after its namespace. */
    private static final int DEFAULT_ATTEMPTS = 20;

    private static final long RETRY_MILLIS = 100;

    private final Vertx vertx;
    private final WatchCache cache;
    private final RandomGenerator random;

    public ServiceAccountAdmission(Vertx vertx, WatchCache cache, RandomGenerator random) {
        this.vertx = vertx;
        this.cache = cache;
        this.random = random;
    }

    @Override
    Future<Void> mutatePod(Attempt attempt, ObjectNode pod) {
        ObjectNode spec = Tree.ensureObject(pod, "spec");
        if (Tree.at(pod, "metadata", "annotations").has(MIRROR)) {
            return mirror(attempt, spec);
        }
        String name = Tree.text(spec, "serviceAccountName");
        if (name.isEmpty()) {
            name = Tree.text(spec, "serviceAccount");
        }
        if (name.isEmpty()) {
            name = "default";
        }
        spec.put("serviceAccountName", name);
        spec.put("serviceAccount", name);
        return account(attempt, name, name.equals("default") ? DEFAULT_ATTEMPTS : 1)
                .map(account -> {
                    if (account != null) {
                        complete(spec, account);
                    }
                    return null;
                });
    }

    /** What a kubelet runs on its own has no account. */
    private static Future<Void> mirror(Attempt attempt, ObjectNode spec) {
        if (!Tree.text(spec, "serviceAccountName").isEmpty()) {
            return Future.failedFuture(ApiException.forbidden(
                    "", "pods", attempt.name(), "a mirror pod may not reference service accounts"));
        }
        return Future.succeededFuture();
    }

    /** Null in a namespace that is missing or going: NamespaceLifecycle says so better. */
    private Future<@Nullable JsonNode> account(Attempt attempt, String name, int attempts) {
        ObjectVersion known = cache.of("core/serviceaccounts").get(attempt.namespace() + "/" + name);
        if (known != null) {
            return Future.succeededFuture(known.selectable());
        }
        return cache.fresh().compose(fresh -> {
            ObjectVersion found = cache.of("core/serviceaccounts").get(attempt.namespace() + "/" + name);
            if (found != null) {
                return Future.succeededFuture(found.selectable());
            }
            ObjectVersion namespace = cache.of("core/namespaces").get(attempt.namespace());
            if (namespace == null || Tree.has(namespace.selectable().path("metadata"), "deletionTimestamp")) {
                return Future.succeededFuture();
            }
            if (attempts <= 1) {
                return Future.failedFuture(ApiException.forbidden(
                        "",
                        "pods",
                        attempt.name(),
                        "error looking up service account " + attempt.namespace() + "/" + name + ": serviceaccount \""
                                + name + "\" not found"));
            }
            Promise<@Nullable JsonNode> later = Promise.promise();
            vertx.setTimer(
                    RETRY_MILLIS, id -> account(attempt, name, attempts - 1).onComplete(later));
            return later.future();
        });
    }

    private void complete(ObjectNode spec, JsonNode account) {
        if (Tree.items(spec, "imagePullSecrets").isEmpty()) {
            List<JsonNode> secrets = Tree.items(account, "imagePullSecrets");
            if (!secrets.isEmpty()) {
                ArrayNode list = spec.putArray("imagePullSecrets");
                secrets.forEach(secret -> list.add(secret.deepCopy()));
            }
        }
        if (automount(spec, account)) {
            mount(spec);
        }
    }

    private static boolean automount(ObjectNode spec, JsonNode account) {
        String field = "automountServiceAccountToken";
        return spec.hasNonNull(field)
                ? spec.path(field).asBoolean()
                : !account.hasNonNull(field) || account.path(field).asBoolean();
    }

    private void mount(ObjectNode spec) {
        String volume = "";
        for (JsonNode known : Tree.items(spec, "volumes")) {
            if (Tree.text(known, "name").startsWith(VOLUME_PREFIX)) {
                volume = Tree.text(known, "name");
            }
        }
        boolean there = !volume.isEmpty();
        if (!there) {
            volume = VOLUME_PREFIX + suffix();
        }
        boolean used = false;
        for (String containers : List.of("initContainers", "containers")) {
            for (ObjectNode container : Tree.objects(spec, containers)) {
                boolean mounted = Tree.items(container, "volumeMounts").stream()
                        .anyMatch(mount -> Tree.text(mount, "mountPath").equals(MOUNT_PATH));
                if (!mounted) {
                    ObjectNode mount =
                            Tree.ensureArray(container, "volumeMounts").addObject();
                    mount.put("name", volume);
                    mount.put("readOnly", true);
                    mount.put("mountPath", MOUNT_PATH);
                    used = true;
                }
            }
        }
        if (used && !there) {
            Tree.ensureArray(spec, "volumes").add(volume(volume));
        }
    }

    private static ObjectNode volume(String name) {
        ObjectNode volume = Tree.newObject();
        volume.put("name", name);
        ObjectNode projected = volume.putObject("projected");
        projected.put("defaultMode", 0644);
        ArrayNode sources = projected.putArray("sources");
        sources.addObject()
                .putObject("serviceAccountToken")
                .put("expirationSeconds", TOKEN_SECONDS)
                .put("path", "token");
        ObjectNode authority = sources.addObject().putObject("configMap");
        authority.put("name", "kube-root-ca.crt");
        authority.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
        ObjectNode namespace =
                sources.addObject().putObject("downwardAPI").putArray("items").addObject();
        namespace.put("path", "namespace");
        namespace.putObject("fieldRef").put("apiVersion", "v1").put("fieldPath", "metadata.namespace");
        return volume;
    }

    private String suffix() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < SUFFIX; i++) {
            suffix.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return suffix.toString();
    }
}
