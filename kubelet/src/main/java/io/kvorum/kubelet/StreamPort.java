package io.kvorum.kubelet;

import io.kvorum.component.ComponentContext;
import io.kvorum.kubelet.runtime.ContainerStreams;
import io.kvorum.kubelet.streaming.StreamServer;
import io.kvorum.kubelet.streaming.StreamTargets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.VertxInternal;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * The port of exec, attach and port-forward, on an event loop of its own, so that a large copy does not hold up the pods.
 */
final class StreamPort {
    /** Each may take three threads, two pipes' worth of memory and a process. */
    private static final int MAX_SESSIONS = 256;

    private final ComponentContext component;
    private final HttpServerOptions options;
    private final KubeletFlags flags;
    private final WorkerExecutor logReaders;

    StreamPort(ComponentContext component, HttpServerOptions options, KubeletFlags flags, WorkerExecutor logReaders) {
        this.component = component;
        this.options = options;
        this.flags = flags;
        this.logReaders = logReaders;
    }

    Future<Void> open(ContainerStreams containers, StreamTargets targets) {
        StreamServer server = new StreamServer(
                component.vertx(),
                containers,
                targets,
                logReaders,
                new StreamServer.Settings(
                        component.identity().address(), flags.port.get(), flags.streamIdleTimeout.get(), MAX_SESSIONS),
                StreamPort::trusted);
        Context own = ((VertxInternal) component.vertx()).createEventLoopContext();
        Promise<Void> listening = Promise.promise();
        own.runOnContext(v -> server.listen(options).onComplete(done -> {
            if (done.succeeded()) {
                HttpServer http = done.result();
                component.onShutdown("streams", () -> http.close().onComplete(closed -> server.close()));
            }
            listening.handle(done.mapEmpty());
        }));
        return listening.future();
    }

    /**
     * The API server's own client certificate, and administrators', as upstream's kubelet decides for {@code
     * nodes/proxy} without asking further. The certificate has been verified by the client authority.
     */
    static boolean trusted(@Nullable X509Certificate certificate) {
        if (certificate == null) {
            return false;
        }
        try {
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("O") && rdn.getValue().equals("system:masters")) {
                    return true;
                }
            }
        } catch (InvalidNameException e) {
            return false;
        }
        return false;
    }
}
