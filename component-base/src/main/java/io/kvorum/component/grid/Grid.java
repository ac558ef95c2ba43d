package io.kvorum.component.grid;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.spi.MemberAddressProvider;
import io.kvorum.component.fault.FaultRules;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;

/** Configures and starts Hazelcast members. */
public final class Grid {
    private Grid() {}

    /** The configuration of a member of this cluster, not yet shaped by {@link GridMember#configure}. */
    public static Config config(GridSettings settings) {
        Config config = new Config(settings.instanceName())
                .setClusterName(settings.identity().cluster());
        properties(settings).forEach(config::setProperty);
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        network(settings, config.getNetworkConfig());
        return config;
    }

    private static Map<String, String> properties(GridSettings settings) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("hazelcast.logging.type", "slf4j");
        properties.put("hazelcast.phone.home.enabled", "false");
        properties.put("hazelcast.shutdownhook.enabled", "false");
        properties.put("hazelcast.health.monitoring.level", "OFF");
        properties.put("hazelcast.slow.operation.detector.enabled", "false");
        // Both ends of every connection carry the component's own address: rules know a peer by it.
        properties.put("hazelcast.socket.bind.any", "false");
        properties.put("hazelcast.socket.client.bind.any", "false");
        properties.put("hazelcast.socket.connect.timeout.seconds", "2");
        // Nothing is kept in partitions; the fewest threads that work.
        properties.put("hazelcast.partition.count", "11");
        properties.put("hazelcast.operation.thread.count", "2");
        properties.put("hazelcast.operation.generic.thread.count", "2");
        properties.put("hazelcast.operation.response.thread.count", "1");
        properties.put("hazelcast.io.thread.count", "1");
        properties.put("hazelcast.io.balancer.interval.seconds", "0");
        properties.put("hazelcast.event.thread.count", "1");
        // A silent member hangs its callers for this long; the default is a minute.
        properties.put("hazelcast.heartbeat.interval.seconds", "2");
        properties.put(
                "hazelcast.max.no.heartbeat.seconds",
                Long.toString(Math.max(4, settings.maxNoHeartbeat().toSeconds())));
        // Nobody calls: every member tells every other how its calls fare four times in this time.
        properties.put("hazelcast.operation.call.timeout.millis", "60000");
        properties.put("hazelcast.wait.seconds.before.join", "0");
        properties.put("hazelcast.max.join.seconds", "30");
        properties.put("hazelcast.max.join.merge.target.seconds", "5");
        properties.put("hazelcast.merge.first.run.delay.seconds", "3");
        properties.put("hazelcast.merge.next.run.delay.seconds", "3");
        properties.put("hazelcast.graceful.shutdown.max.wait", "5");
        return properties;
    }

    private static void network(GridSettings settings, NetworkConfig network) {
        network.setPort(settings.port()).setPortAutoIncrement(false).setReuseAddress(true);
        InetSocketAddress self = new InetSocketAddress(settings.identity().address(), settings.port());
        network.getMemberAddressProviderConfig().setEnabled(true).setImplementation(new OwnAddress(self));
        JoinConfig join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(1);
        settings.join().forEach(join.getTcpIpConfig()::addMember);
    }

    /** Starts a member and joins; blocks, so never on an event loop. */
    public static HazelcastInstance start(GridSettings settings, Config config, GridMember member, FaultRules faults) {
        return HazelcastInstanceFactory.newHazelcastInstance(config, settings.instanceName(), new DefaultNodeContext() {
            @Override
            public NodeExtension createNodeExtension(Node node) {
                return member.nodeExtension(node, faults);
            }
        });
    }

    /** Binds and announces one address instead of guessing among the host's. */
    private record OwnAddress(InetSocketAddress self) implements MemberAddressProvider {
        @Override
        public InetSocketAddress getBindAddress() {
            return self;
        }

        @Override
        public InetSocketAddress getBindAddress(EndpointQualifier qualifier) {
            return self;
        }

        @Override
        public InetSocketAddress getPublicAddress() {
            return self;
        }

        @Override
        public InetSocketAddress getPublicAddress(EndpointQualifier qualifier) {
            return self;
        }
    }
}
