package io.kvorum.proxy;

import io.kvorum.client.ApiClient;
import io.kvorum.client.ApiClients;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.Timers;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.ComponentProcess;
import io.kvorum.component.FeatureGates;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.kvorum.component.fault.ChannelHooks;
import io.kvorum.proxy.net.Frontends;
import io.kvorum.proxy.net.ProxyMetrics;
import io.kvorum.proxy.rules.FrontendRules;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The kube-proxy process of one node. */
public final class KubeProxyMain implements Component {
    private static final int HEALTH_PORT = 10256;

    private Supplier<@Nullable String> hostname = () -> null;
    private Supplier<@Nullable String> nodeIp = () -> null;
    private Supplier<List<String>> nodePortAddresses = List::of;
    private @Nullable FeatureGates features;

    public static void main(String[] args) {
        ComponentProcess.run(new KubeProxyMain(), args);
    }

    @Override
    public String role() {
        return "kube-proxy";
    }

    @Override
    public int defaultHealthPort() {
        return HEALTH_PORT;
    }

    @Override
    public void declare(Flags flags) {
        features = new FeatureGates(flags, Set.of());
        hostname = flags.optionalText("hostname-override", "name of the node this proxy serves");
        nodeIp = flags.optionalText("node-ip", "the node's own IP address, where node ports listen");
        nodePortAddresses = flags.list(
                "nodeport-addresses",
                List.of(),
                "\"primary\" or the IP address where node ports listen instead of --node-ip; at most one");
        flags.optionalText(
                "cluster-cidr", "range of the pods' addresses; accepted and not needed by a user-space proxy");
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        Objects.requireNonNull(features, "declare() comes before start()").check();
        @Nullable String node = hostname.get();
        if (node == null) {
            throw new UsageException("--hostname-override is needed: the name of the node this proxy serves");
        }
        String address = context.identity().address();
        Timers timers = Timers.on(context.vertx());
        ApiClient client = ApiClients.overBus(context.vertx(), context.bus(), "kube-proxy/" + node);
        Frontends frontends = new Frontends(
                context.vertx(),
                address,
                timers,
                new SplittableRandom(),
                counted(context.metrics()),
                () -> ChannelHooks.accepted(context.faults()));
        KubeProxy proxy = new KubeProxy(
                InformerFactory.create(context.vertx(), client, context.clock()),
                new FrontendRules(node, nodePortAddress()),
                frontends);
        context.health().ready("informers", () -> proxy.synced() ? null : "services and endpoints are not listed yet");
        context.onShutdown("service addresses", proxy::stop);
        return proxy.start();
    }

    private String nodePortAddress() {
        @Nullable String own = nodeIp.get();
        List<String> given = nodePortAddresses.get();
        if (given.size() > 1) {
            throw new UsageException("--nodeport-addresses takes one address, not " + given);
        }
        if (!given.isEmpty() && !given.get(0).equals("primary")) {
            return given.get(0);
        }
        return own == null ? "" : own;
    }

    private static ProxyMetrics counted(MeterRegistry metrics) {
        Counter accepted = metrics.counter("kubeproxy.connections.accepted");
        Counter rejected = metrics.counter("kubeproxy.connections.rejected");
        Counter refused = metrics.counter("kubeproxy.endpoint.refusals");
        return new ProxyMetrics() {
            @Override
            public void accepted() {
                accepted.increment();
            }

            @Override
            public void rejected() {
                rejected.increment();
            }

            @Override
            public void refused() {
                refused.increment();
            }
        };
    }
}
