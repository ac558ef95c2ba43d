package io.kvorum.apiserver.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The clients that extension API servers are asked with: one for each, by whom it must be certified. */
public final class ServerTrust {
    private static final long LAST_SECONDS = 30;

    private final ClientConnections connections;
    private final @Nullable Identity identity;
    private final Map<String, Held> held = new HashMap<>();

    /** Certificate and key that tell an extension API server that it is asked by this one. */
    public record Identity(Path certificate, Path key) {}

    private record Held(String bundle, boolean unverified, String host, HttpClient client) {}

    /** @param identity null: extension API servers cannot tell who asks them */
    public ServerTrust(ClientConnections connections, @Nullable Identity identity) {
        this.connections = connections;
        this.identity = identity;
    }

    /**
     * The client for a server.
     *
     * @param bundle PEM of the authorities that may certify it; empty: those of the JDK
     * @param unverified lets any certificate pass
     */
    public HttpClient client(String name, String bundle, boolean unverified) {
        return client(name, bundle, unverified, "");
    }

    /** @param host where it is when that may be outside the cluster; empty: it is not */
    public HttpClient client(String name, String bundle, boolean unverified, String host) {
        Held known = held.get(name);
        if (known != null && known.bundle.equals(bundle) && known.unverified == unverified && known.host.equals(host)) {
            return known.client;
        }
        HttpClientOptions options = ClientConnections.tls();
        if (unverified) {
            options.setTrustAll(true).setVerifyHost(false);
        } else if (!bundle.isEmpty()) {
            options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(bundle)));
        }
        if (identity != null) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .setCertPath(identity.certificate().toString())
                    .setKeyPath(identity.key().toString()));
        }
        Held fresh = new Held(
                bundle, unverified, host, host.isEmpty() ? connections.open(options) : connections.open(options, host));
        held.put(name, fresh);
        if (known != null) {
            known.client.close();
        }
        return fresh.client;
    }

    /** Closes the client of a server that nobody will ask again; what is under way may end. */
    public void release(String name) {
        Held gone = held.remove(name);
        if (gone != null) {
            gone.client.shutdown(LAST_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Closes the clients of all servers but these. */
    public void retain(Set<String> names) {
        held.entrySet().removeIf(entry -> {
            boolean gone = !names.contains(entry.getKey());
            if (gone) {
                entry.getValue().client.close();
            }
            return gone;
        });
    }
}
