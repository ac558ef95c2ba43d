package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusClients;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.bus.BusServer;
import io.kvorum.bus.BusTrust;
import io.kvorum.bus.FrameQueue;
import io.kvorum.bus.cluster.MemberClusterManager;
import io.kvorum.bus.cluster.Roster;
import io.kvorum.component.fault.FaultRule;
import io.kvorum.component.fault.FaultRule.Direction;
import io.kvorum.component.fault.FaultRules;
import io.kvorum.component.fault.FaultTransport;
import io.kvorum.component.grid.Grid;
import io.kvorum.component.grid.GridMember;
import io.kvorum.component.grid.GridSettings;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.ReadStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three processes' worth of bus in one JVM, a member of the grid and two that call at it, with their links cut and slowed by fault rules. */
@Timeout(90)
class BusUnderFaultsTest {
    /** Builds that run at the same time on one host must not meet. */
    private static final String NET = "127.204." + ProcessHandle.current().pid() % 250 + ".";

    private static final String STORE = NET + "10";
    private static final String ECHO = NET + "20";
    private static final String ASKER = NET + "30";
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private final String cluster = UUID.randomUUID().toString();
    private final Deque<ThrowingRunnable> cleanups = new ArrayDeque<>();
    private Peer echo;
    private Peer asker;
    private BusClient bus;

    private record Peer(String address, Vertx vertx, MemberClusterManager members, FaultRules faults) {
        int known() {
            return members.getNodes().size();
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private Peer peer(String role, String address, boolean gridMember) throws Exception {
        FaultRules faults = new FaultRules();
        MemberClusterManager members =
                new MemberClusterManager(role, role + "-0", address, 17100, Duration.ofMinutes(1));
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(1);
        options.getEventBusOptions()
                .setHost(address)
                .setPort(17100)
                .setConnectTimeout(1_000)
                .setReconnectAttempts(0)
                .setClusterPingInterval(1_000)
                .setClusterPingReplyInterval(1_000);
        Vertx vertx = await(VertxBootstrap.create()
                .options(options)
                .transport(new FaultTransport(NioTransport.INSTANCE, faults, InetAddress.getByName(address)))
                .clusterManager(members)
                .init()
                .clusteredVertx());
        // Vert.x reports writes of broken connections twice.
        vertx.exceptionHandler(thrown -> {});
        cleanups.add(() -> await(vertx.close()));
        if (gridMember) {
            GridSettings settings = new GridSettings(
                    new Identity(cluster, role, role + "-0", address),
                    cluster + "/" + role,
                    15701,
                    List.of(STORE + ":15701"),
                    SILENCE,
                    Path.of("unused"));
            Config config = Grid.config(settings);
            members.announce(config);
            HazelcastInstance hazelcast = Grid.start(settings, config, GridMember.PLAIN, faults);
            cleanups.add(() -> hazelcast.getLifecycleService().terminate());
            members.attach(hazelcast);
        }
        List<SocketAddress> seeds = gridMember ? List.of() : List.of(SocketAddress.inetSocketAddress(17100, STORE));
        Roster roster =
                new Roster(vertx, members, new Roster.Settings(cluster, seeds, Duration.ofMillis(500), SILENCE));
        roster.start();
        cleanups.add(() -> await(roster.close()));
        await(roster.joined());
        Peer peer = new Peer(address, vertx, members, faults);
        cleanups.add(faults::clearAll);
        return peer;
    }

    @BeforeEach
    void start() throws Exception {
        peer("store", STORE, true);
        echo = peer("echo", ECHO, false);
        asker = peer("asker", ASKER, false);
        await(BusServer.start(
                echo.vertx,
                "echo",
                "echo-0",
                (request, sender) -> Future.succeededFuture(answer(request)),
                BusTrust.NONE));
        bus = BusClients.create(asker.vertx);
        awaitKnown(3);
    }

    @AfterEach
    void stop() throws Exception {
        while (!cleanups.isEmpty()) {
            cleanups.removeLast().run();
        }
    }

    @FunctionalInterface
    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    /** {@code /n} asks for a stream of n numbers, some each millisecond. */
    private BusReply answer(BusRequest request) {
        int count = Integer.parseInt(request.uri().substring(1));
        if (count == 0) {
            return BusReply.whole(200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer("pong"));
        }
        FrameQueue queue = new FrameQueue(100, 100_000);
        int[] next = {0};
        echo.vertx.setPeriodic(1, timer -> {
            int portion = Math.min(count, next[0] + 5);
            while (next[0] < portion && queue.offer(Buffer.buffer().appendInt(next[0]))) {
                next[0]++;
            }
            if (next[0] == count || queue.isClosed()) {
                echo.vertx.cancelTimer(timer);
                queue.end();
            }
        });
        return BusReply.stream(200, MultiMap.caseInsensitiveMultiMap(), queue);
    }

    private Future<List<Integer>> collect(int count, @Nullable Runnable atHalf) {
        Promise<List<Integer>> done = Promise.promise();
        asker.vertx
                .getOrCreateContext()
                .runOnContext(v -> bus.send("echo", BusRequest.get("/" + count, seconds(5)))
                        .onFailure(done::tryFail)
                        .onSuccess(reply -> {
                            ReadStream<Buffer> stream = Objects.requireNonNull(reply.stream());
                            List<Integer> numbers = new ArrayList<>();
                            stream.exceptionHandler(done::tryFail);
                            stream.endHandler(end -> done.tryComplete(numbers));
                            stream.handler(frame -> {
                                numbers.add(frame.getInt(0));
                                if (numbers.size() == count / 2 && atHalf != null) {
                                    atHalf.run();
                                }
                            });
                        }));
        return done.future();
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private FaultRule cutFor(String id, String peer, Direction direction, Duration duration) {
        return new FaultRule(id, Set.of(peer), direction, true, Duration.ZERO, Duration.ZERO, 0, 0, duration);
    }

    private long millisUntilAnswered() throws Exception {
        long begun = System.nanoTime();
        while (true) {
            Future<BusReply> ping = bus.send("echo", BusRequest.get("/0", Duration.ofMillis(500)))
                    .transform(answer -> Future.succeededFuture(answer.succeeded() ? answer.result() : null));
            if (await(ping) != null) {
                return (System.nanoTime() - begun) / 1_000_000;
            }
        }
    }

    /** The answer's link is cut half way for long enough that Vert.x gives its connections up. */
    @Test
    void aStreamSurvivesAShortCutWithoutLossOrDouble() throws Exception {
        Future<List<Integer>> numbers = collect(4_000, () -> {
            asker.faults.set(cutFor("cut", ECHO, Direction.IN, seconds(4)));
            echo.faults.set(cutFor("cut", ASKER, Direction.OUT, seconds(4)));
        });
        assertThat(await(numbers)).isEqualTo(IntStream.range(0, 4_000).boxed().toList());
    }

    @Test
    void aSlowLinkDelaysAndHeals() throws Exception {
        assertThat(millisUntilAnswered()).isLessThan(400);
        asker.faults.set(new FaultRule(
                "slow", Set.of(ECHO), Direction.OUT, false, Duration.ofMillis(200), Duration.ZERO, 0, 0, null));
        long begun = System.nanoTime();
        await(bus.send("echo", BusRequest.get("/0", seconds(5))));
        assertThat((System.nanoTime() - begun) / 1_000_000).isBetween(190L, 900L);
        asker.faults.clear("slow");
        begun = System.nanoTime();
        await(bus.send("echo", BusRequest.get("/0", seconds(5))));
        assertThat((System.nanoTime() - begun) / 1_000_000).isLessThan(150);
    }

    /** Longer than the roster's patience, so that each side really forgets the other. */
    @Test
    void afterASplitTheBusWorksAgainWithinFiveSeconds() throws Exception {
        awaitKnown(3);
        Set<String> others = Set.of(STORE, ECHO);
        asker.faults.set(FaultRule.cut("split", others, Direction.BOTH));
        awaitKnown(1);
        asker.faults.clearAll();
        assertThat(millisUntilAnswered()).isLessThan(5_000);
        awaitKnown(3);
    }

    private void awaitKnown(int processes) throws InterruptedException {
        long limit = System.nanoTime() + seconds(20).toNanos();
        while (asker.known() != processes && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(asker.known()).as("processes the asker knows").isEqualTo(processes);
    }

    @Test
    void aResetConnectionIsMadeAnew() throws Exception {
        await(bus.send("echo", BusRequest.get("/0", seconds(5))));
        assertThat(asker.faults.reset(Set.of(ECHO))).isPositive();
        assertThat(millisUntilAnswered()).isLessThan(2_000);
    }
}
