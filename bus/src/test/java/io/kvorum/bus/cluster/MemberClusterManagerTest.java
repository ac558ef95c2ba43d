package io.kvorum.bus.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusClients;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.bus.BusServer;
import io.kvorum.bus.BusTrust;
import io.kvorum.bus.BusUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client and two servers, each with its own Hazelcast member and clustered Vert.x, on loopback addresses. */
class MemberClusterManagerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Builds that run at the same time on one host must not meet. */
    private static final String NET = "127.203." + ProcessHandle.current().pid() % 250 + ".";

    private final String cluster = UUID.randomUUID().toString();
    private final List<Process> processes = new ArrayList<>();
    private Process client;
    private Process first;
    private Process second;
    private BusClient bus;

    private record Process(HazelcastInstance hazelcast, Vertx vertx, MemberClusterManager members) {
        void kill() throws Exception {
            hazelcast.getLifecycleService().terminate();
            await(vertx.close());
        }
    }

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

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Process process(String role, String name, String host) throws Exception {
        MemberClusterManager members = new MemberClusterManager(role, name, host, 17100, Duration.ofMinutes(1));
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(1);
        options.getEventBusOptions().setHost(host).setPort(17100).setConnectTimeout(1_000);
        Vertx vertx =
                await(Vertx.builder().with(options).withClusterManager(members).buildClustered());
        Config config = new Config().setClusterName(cluster);
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.partition.count", "11");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.socket.client.bind.any", "false");
        config.getNetworkConfig().setPort(15701).setPortAutoIncrement(false);
        config.getNetworkConfig()
                .getMemberAddressProviderConfig()
                .setEnabled(true)
                .setImplementation(new OwnAddress(new InetSocketAddress(host, 15701)));
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember(NET + "1:15701");
        members.announce(config);
        HazelcastInstance hazelcast = Hazelcast.newHazelcastInstance(config);
        members.attach(hazelcast);
        Process process = new Process(hazelcast, vertx, members);
        processes.add(process);
        return process;
    }

    private Process server(String name, String host) throws Exception {
        Process process = process("echo", name, host);
        await(BusServer.start(
                process.vertx,
                "echo",
                name,
                (request, sender) -> {
                    if (request.uri().equals("/never")) {
                        return Promise.<BusReply>promise().future();
                    }
                    return Future.succeededFuture(BusReply.whole(
                            200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(name + " " + sender)));
                },
                BusTrust.NONE));
        return process;
    }

    @BeforeEach
    void start() throws Exception {
        client = process("client", "client-0", NET + "1");
        first = server("echo-0", NET + "2");
        second = server("echo-1", NET + "3");
        bus = BusClients.create(client.vertx);
    }

    @AfterEach
    void stop() throws Exception {
        for (Process process : processes) {
            process.kill();
        }
    }

    private Map<String, Integer> ask(String address, int times) throws Exception {
        Map<String, Integer> answers = new HashMap<>();
        for (int i = 0; i < times; i++) {
            BusReply reply = await(bus.send(address, BusRequest.get("/", TIMEOUT)));
            answers.merge(reply.body().toString(), 1, Integer::sum);
        }
        return answers;
    }

    @Test
    void aRoleIsServedInTurnAndAnInstanceByItself() throws Exception {
        String from = " client/client-0@" + NET + "1:17100";
        assertThat(ask("echo", 10)).isEqualTo(Map.of("echo-0" + from, 5, "echo-1" + from, 5));
        assertThat(ask("echo/echo-1", 3)).isEqualTo(Map.of("echo-1" + from, 3));
    }

    @Test
    void anInstanceThatVanishesFailsWhatWaitsForItAndIsAskedNoMore() throws Exception {
        Future<BusReply> waiting = bus.send("echo/echo-0", BusRequest.get("/never", Duration.ofMinutes(1)));
        ask("echo/echo-0", 1);
        first.kill();
        assertThatThrownBy(() -> await(waiting))
                .cause()
                .isInstanceOf(BusUnavailableException.class)
                .hasMessageContaining("echo/echo-0 left the cluster");
        assertThat(ask("echo", 4).values()).containsExactly(4);
        assertThat(client.members.instances("echo")).containsExactly("echo/echo-1");
    }

    @Test
    void theLastInstanceIsHeldForItsReturn() throws Exception {
        first.kill();
        second.kill();
        assertThat(client.members.instances("echo")).containsExactly("echo/echo-0", "echo/echo-1");
        server("echo-1", NET + "3");
        // The client is told by an event of its own, some time after the server has joined.
        for (long until = System.nanoTime() + TIMEOUT.toNanos();
                !client.members.instances("echo").equals(List.of("echo/echo-1")); ) {
            assertThat(System.nanoTime())
                    .as("%s", client.members.instances("echo"))
                    .isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(ask("echo", 2).values()).containsExactly(2);
    }

    @Test
    void aNameThatReturnsAtAnotherAddressIsFoundThere() throws Exception {
        first.kill();
        server("echo-0", NET + "4");
        assertThat(ask("echo/echo-0", 2).values()).containsExactly(2);
    }

    @Test
    void addressesOfOtherRolesAreUnknown() {
        assertThatThrownBy(() -> await(bus.send("nobody", BusRequest.get("/", TIMEOUT))))
                .cause()
                .matches(e -> e instanceof BusUnavailableException b && !b.indeterminate());
    }
}
