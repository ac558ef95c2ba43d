package io.kvorum.apiserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.kvorum.component.UsageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How extension API servers know that it is this server that asks them, and on whose behalf: its certificate, and the
 * ConfigMap {@code kube-system/extension-apiserver-authentication} that says whom to believe.
 */
final class FrontProxy {
    private static final String NAMESPACE = "kube-system";
    private static final String NAME = "extension-apiserver-authentication";

    private FrontProxy() {}

    /** Fails with a UsageException naming the flag that is wrong; null when none is given. */
    static ServerTrust.@Nullable Identity identity(ApiServerFlags flags) {
        Path certificate = flags.proxyClientCertificate.get();
        Path key = flags.proxyClientKey.get();
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new UsageException("--proxy-client-cert-file and --proxy-client-key-file belong together");
        }
        for (Path file : List.of(certificate, key)) {
            if (!Files.isReadable(file)) {
                throw new UsageException("cannot read " + file);
            }
        }
        return new ServerTrust.Identity(certificate, key);
    }

    /** Writes the ConfigMap, or what of it is missing or another. */
    static Future<Void> publish(Vertx vertx, ApiServing serving, ApiServerFlags flags) {
        return pem(vertx, flags.clientCaFile.get())
                .compose(clients -> pem(vertx, flags.requestHeaderAuthority.get())
                        .compose(proxies -> write(serving, data(clients, proxies, flags.requestHeaderNames.get()))));
    }

    private static Future<String> pem(Vertx vertx, @Nullable Path file) {
        return file == null
                ? Future.succeededFuture("")
                : vertx.fileSystem().readFile(file.toString()).map(FrontProxy::text);
    }

    private static String text(Buffer pem) {
        return pem.toString(StandardCharsets.US_ASCII);
    }

    static ObjectNode data(String clients, String proxies, List<String> names) {
        ObjectNode data = Tree.newObject();
        if (!clients.isEmpty()) {
            data.put("client-ca-file", clients);
        }
        if (!proxies.isEmpty()) {
            data.put("requestheader-client-ca-file", proxies);
            data.put("requestheader-allowed-names", list(names));
            data.put("requestheader-username-headers", list(List.of("X-Remote-User")));
            data.put("requestheader-uid-headers", list(List.of("X-Remote-Uid")));
            data.put("requestheader-group-headers", list(List.of("X-Remote-Group")));
            data.put("requestheader-extra-headers-prefix", list(List.of("X-Remote-Extra-")));
        }
        return data;
    }

    private static String list(List<String> texts) {
        ArrayNode list = Tree.newArray();
        texts.forEach(list::add);
        return new String(ObjectJson.encode(list), StandardCharsets.UTF_8);
    }

    private static Future<Void> write(ApiServing serving, ObjectNode data) {
        ObjectVersion known = serving.cache().of("core/configmaps").get(NAMESPACE + "/" + NAME);
        Future<Void> written;
        if (known == null) {
            ObjectNode map = Tree.newObject();
            map.put("apiVersion", "v1").put("kind", "ConfigMap");
            map.putObject("metadata").put("namespace", NAMESPACE).put("name", NAME);
            map.set("data", data);
            written = serving.registry().create("", "v1", "configmaps", map).mapEmpty();
        } else if (known.tree().path("data").equals(data)) {
            return Future.succeededFuture();
        } else {
            ObjectNode map = known.tree();
            map.set("data", data);
            written = serving.registry().replace("", "v1", "configmaps", map);
        }
        // Another API server that starts just now may have done the same.
        return written.recover(
                cause -> cause instanceof ApiException refused && (refused.alreadyExists() || refused.conflict())
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }
}
