package io.kvorum.balancer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The balancer as a process. It needs nothing of the cluster but the API servers themselves, so it works from the moment it
 * listens, whether or not the grid can be joined.
 *
 * <p>Control commands: {@code balancer.status}; {@code balancer.servers} with {@code servers}, an array of host:port;
 * {@code balancer.drain} and {@code balancer.undrain} with {@code server}.
 */
final class BalancerComponent implements Component {
    private static final int HEALTH_PORT = 8081;

    private Supplier<List<String>> servers = List::of;
    private Supplier<Integer> port = () -> 0;
    private Supplier<@Nullable Path> authority = () -> null;
    private Supplier<@Nullable Path> certificate = () -> null;
    private Supplier<@Nullable Path> key = () -> null;
    private Supplier<String> policy = () -> "";
    private Supplier<BalancerSettings> settings = () -> {
        throw new IllegalStateException("flags are not declared");
    };

    @Override
    public String role() {
        return "balancer";
    }

    @Override
    public int defaultHealthPort() {
        return HEALTH_PORT;
    }

    @Override
    public void declare(Flags flags) {
        servers = flags.list("servers", List.of(), "host:port of the API servers.");
        port = flags.integer("secure-port", 6443, "Port to listen on, on the component's address.");
        authority = flags.optionalPath("ca-file", "Certificate authority of the API servers' certificates.");
        certificate = flags.optionalPath("client-certificate", "Certificate that the balancer asks for /readyz with.");
        key = flags.optionalPath("client-key", "Private key of that certificate.");
        policy = flags.text(
                "policy", "least-connections", "How the next server is chosen: least-connections or round-robin.");
        Supplier<Duration> connectTimeout = flags.duration(
                "connect-timeout", Duration.ofSeconds(1), "How long a server may take to accept a connection.");
        Supplier<Duration> checkInterval =
                flags.duration("check-interval", Duration.ofMillis(500), "From one check of a server to the next.");
        Supplier<Duration> checkTimeout =
                flags.duration("check-timeout", Duration.ofSeconds(1), "How long a server may take to answer a check.");
        Supplier<Integer> rise = flags.integer("rise", 2, "Good checks in a row that make an unfit server fit.");
        Supplier<Integer> fall = flags.integer("fall", 2, "Bad checks in a row that make a fit server unfit.");
        Supplier<Duration> queueTimeout = flags.duration(
                "queue-timeout", Duration.ofSeconds(5), "How long a client waits for any server to be fit.");
        Supplier<Integer> maxConnections =
                flags.integer("max-connections", 10_000, "Most clients at a time; more are refused.");
        Supplier<Duration> drainTimeout = flags.duration(
                "drain-timeout",
                Duration.ofSeconds(3),
                "How long connections may last when the balancer ends or a server is drained.");
        settings = () -> new BalancerSettings(
                connectTimeout.get(),
                checkInterval.get(),
                checkTimeout.get(),
                rise.get(),
                fall.get(),
                queueTimeout.get(),
                maxConnections.get(),
                drainTimeout.get());
    }

    @Override
    public Future<Void> prepare(ComponentContext context) {
        Path ca = authority.get();
        if (ca == null) {
            throw new UsageException("--ca-file is needed: the certificate authority of the API servers' certificates");
        }
        BalancerSettings how;
        ServerPool pool;
        List<ServerAddress> first;
        TlsProbe.Files files;
        try {
            how = settings.get();
            pool = new ServerPool(
                    ServerPool.Policy.of(policy.get()),
                    address -> new Server(address, new ServerHealth(how.rise(), how.fall())));
            first = addresses(servers.get());
            files = new TlsProbe.Files(ca, certificate.get(), key.get());
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        String own = context.identity().address();
        TcpBalancer balancer = new TcpBalancer(
                context.vertx(),
                own,
                how,
                pool,
                new TlsProbe(context.vertx(), own, files, how.checkTimeout()),
                metrics(context.metrics()));
        balancer.servers(first);
        context.health().ready("servers", () -> pool.open() > 0 ? null : "no API server is fit");
        gauges(context.metrics(), balancer, pool);
        control(context, balancer, pool);
        context.onShutdown("clients", balancer::close);
        return balancer.listen(own, port.get()).mapEmpty();
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        return Future.succeededFuture(); // all was begun before the join
    }

    /** @throws IllegalArgumentException for one that is no address, or for none at all */
    private static List<ServerAddress> addresses(List<String> texts) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("--servers is needed: host:port of the API servers");
        }
        List<ServerAddress> addresses = new ArrayList<>();
        texts.forEach(text -> addresses.add(ServerAddress.parse(text)));
        return addresses;
    }

    private static void control(ComponentContext context, TcpBalancer balancer, ServerPool pool) {
        context.control().register("balancer.status", request -> Future.succeededFuture(status(balancer, pool)));
        context.control().register("balancer.servers", request -> {
            List<String> texts = new ArrayList<>();
            request.path("servers").forEach(text -> texts.add(text.asText()));
            balancer.servers(addresses(texts));
            return Future.succeededFuture(status(balancer, pool));
        });
        context.control().register("balancer.drain", request -> {
            balancer.drain(named(pool, request.path("server").asText()), true);
            return Future.succeededFuture(status(balancer, pool));
        });
        context.control().register("balancer.undrain", request -> {
            balancer.drain(named(pool, request.path("server").asText()), false);
            return Future.succeededFuture(status(balancer, pool));
        });
    }

    private static Server named(ServerPool pool, String text) {
        Server server = pool.server(ServerAddress.parse(text));
        if (server == null) {
            throw new IllegalArgumentException("no server is " + text + "; there are "
                    + pool.servers().stream().map(Server::address).toList());
        }
        return server;
    }

    private static ObjectNode status(TcpBalancer balancer, ServerPool pool) {
        ObjectNode status = JsonNodeFactory.instance
                .objectNode()
                .put("clients", balancer.clients())
                .put("waiting", balancer.waiting());
        ArrayNode list = status.putArray("servers");
        for (Server server : pool.servers()) {
            list.addObject()
                    .put("address", server.address().toString())
                    .put("fit", server.health().fit())
                    .put("draining", server.draining())
                    .put("lastFinding", server.health().last().name().toLowerCase(Locale.ROOT))
                    .put("connections", server.connections().size())
                    .put("accepted", server.acceptedInAll());
        }
        return status;
    }

    private static void gauges(MeterRegistry registry, TcpBalancer balancer, ServerPool pool) {
        Gauge.builder("kvorum.balancer.clients", balancer, TcpBalancer::clients)
                .description("Clients that are connected")
                .register(registry);
        Gauge.builder("kvorum.balancer.clients.waiting", balancer, TcpBalancer::waiting)
                .description("Clients that wait for a server to be fit")
                .register(registry);
        Gauge.builder("kvorum.balancer.servers.open", pool, ServerPool::open)
                .description("Servers that get new connections")
                .register(registry);
    }

    private static BalancerMetrics metrics(MeterRegistry registry) {
        Counter accepted = registry.counter("kvorum.balancer.clients.accepted");
        Counter rejected = registry.counter("kvorum.balancer.clients.rejected");
        Counter retried = registry.counter("kvorum.balancer.dials.retried");
        Counter dropped = registry.counter("kvorum.balancer.connections.dropped");
        return new BalancerMetrics() {
            @Override
            public void accepted() {
                accepted.increment();
            }

            @Override
            public void rejected() {
                rejected.increment();
            }

            @Override
            public void retried() {
                retried.increment();
            }

            @Override
            public void dropped() {
                dropped.increment();
            }
        };
    }
}
