package io.kvorum.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.ApiClient;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.ListOptions;
import io.kvorum.client.ObjectList;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.client.Watch;
import io.kvorum.client.WatchHandler;
import io.kvorum.proxy.net.Frontends;
import io.kvorum.proxy.net.ProxyMetrics;
import io.kvorum.proxy.rules.FrontendRules;
import io.kvorum.proxy.rules.Listen;
import io.kvorum.proxy.rules.Protocol;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From an API object to a connection that is made, or not made any more. */
@Timeout(30)
class KubeProxyComponentTest {
    private static final String SERVICE_IP = "127.250.17.1";

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final Map<Class<?>, WatchHandler<HasMetadata>> watches = new ConcurrentHashMap<>();
    private final Map<Class<?>, List<HasMetadata>> listed = new HashMap<>();
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Frontends frontends = on(() ->
            new Frontends(vertx, "127.250.8.3", Timers.on(vertx), new SplittableRandom(1), ProxyMetrics.NONE, null));
    private final KubeProxy proxy = on(() -> new KubeProxy(
            InformerFactory.create(vertx, new Api(), Clock.systemUTC()),
            new FrontendRules("node-1", "127.250.4.1"),
            frontends));

    /** Lists what a test has put there and hands the watch handlers to it. */
    private final class Api implements ApiClient {
        @Override
        @SuppressWarnings("unchecked")
        public <T extends HasMetadata> ResourceClient<T> resources(Class<T> type) {
            return (ResourceClient<T>) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {ResourceClient.class}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "list":
                                return Future.succeededFuture(
                                        new ObjectList<>(listed.getOrDefault(type, List.of()), "1", null));
                            case "watch":
                                assertThat(((ListOptions) arguments[1]).resourceVersion())
                                        .isEqualTo("1");
                                watches.put(type, (WatchHandler<HasMetadata>) arguments[2]);
                                return Future.succeededFuture((Watch) () -> {});
                            default:
                                throw new UnsupportedOperationException(method.getName());
                        }
                    });
        }

        @Override
        public ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Buffer> raw(
                String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout) {
            throw new UnsupportedOperationException();
        }
    }

    private <T> T on(Supplier<T> action) {
        CompletableFuture<T> done = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                done.complete(action.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    /** Delivers a watch event as the informer would get it; returns when it has been applied. */
    private void modified(HasMetadata object) {
        on(() -> {
            Objects.requireNonNull(watches.get(object.getClass())).modified(object);
            return true;
        });
    }

    private void deleted(HasMetadata object) {
        on(() -> {
            Objects.requireNonNull(watches.get(object.getClass())).deleted(object);
            return true;
        });
    }

    @AfterEach
    void close() throws IOException {
        await(on(proxy::stop));
        await(vertx.close());
        for (ServerSocket server : servers) {
            server.close();
        }
    }

    /** Answers every connection with {@code letter}. */
    private ServerSocket server(char letter) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress("127.250.64." + letter % 32, 0));
        servers.add(server);
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write(letter);
                } catch (IOException e) {
                    return; // closed by the test
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static Service service(int port) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("web")
                .withUid("u1")
                .withResourceVersion("1")
                .endMetadata()
                .withNewSpec()
                .withClusterIP(SERVICE_IP)
                .addNewPort()
                .withPort(port)
                .endPort()
                .endSpec()
                .build();
    }

    private static EndpointSlice slice(String version, ServerSocket... ready) {
        EndpointSliceBuilder slice = new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("web-1")
                .withUid("u2")
                .withResourceVersion(version)
                .addToLabels("kubernetes.io/service-name", "web")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withPort(ready[0].getLocalPort())
                .endPort();
        for (ServerSocket server : ready) {
            slice.addNewEndpoint()
                    .withAddresses(server.getInetAddress().getHostAddress())
                    .withNewConditions()
                    .withReady(true)
                    .endConditions()
                    .endEndpoint();
        }
        return slice.build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(SERVICE_IP, 0));
            return probe.getLocalPort();
        }
    }

    private void awaitBound(int port) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!on(() -> frontends.bound().contains(new Listen(Protocol.TCP, SERVICE_IP, port)))) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static char ask(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(SERVICE_IP, port), 5000);
            socket.setSoTimeout(5000);
            return (char) socket.getInputStream().read();
        }
    }

    @Test
    void newConnectionsFollowTheSliceFromTheVeryEventOn() throws Exception {
        int port = freePort();
        ServerSocket a = server('a');
        ServerSocket b = server('b');
        listed.put(Service.class, List.of(service(port)));
        listed.put(EndpointSlice.class, List.of(slice("1", a)));
        await(on(proxy::start));
        awaitBound(port);
        assertThat(ask(port)).isEqualTo('a');
        for (int round = 0; round < 20; round++) {
            modified(slice(Integer.toString(10 + 2 * round), b));
            assertThat(ask(port)).isEqualTo('b');
            modified(slice(Integer.toString(11 + 2 * round), a));
            assertThat(ask(port)).isEqualTo('a');
        }
    }

    /** As after a new list: the new holder of an address is told of before the old one's end. */
    @Test
    void addressChangesHandsWhateverTheOrderOfTheNews() throws Exception {
        int port = freePort();
        listed.put(Service.class, List.of(service(port)));
        listed.put(EndpointSlice.class, List.of(slice("1", server('a'))));
        await(on(proxy::start));
        awaitBound(port);
        Service heir = new ServiceBuilder(service(port))
                .editMetadata()
                .withName("heir")
                .withUid("u3")
                .endMetadata()
                .build();
        modified(heir);
        deleted(service(port));
        assertThat(on(frontends::owners)).containsExactly("ns/heir");
        awaitBound(port);
    }

    @Test
    void deletedServiceGivesItsAddressFree() throws Exception {
        int port = freePort();
        listed.put(Service.class, List.of(service(port)));
        listed.put(EndpointSlice.class, List.of(slice("1", server('a'))));
        await(on(proxy::start));
        awaitBound(port);
        deleted(service(port));
        assertThat(on(frontends::bound)).isEmpty();
        assertThat(on(frontends::owners)).isEmpty();
    }
}
