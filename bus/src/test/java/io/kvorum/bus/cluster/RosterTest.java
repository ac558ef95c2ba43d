package io.kvorum.bus.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two seeds and their callers, each with a Vert.x of its own on a loopback address. */
@Timeout(60)
class RosterTest {
    /** Builds that run at the same time on one host must not meet. */
    private static final String NET = "127.205." + ProcessHandle.current().pid() % 250 + ".";

    private static final int PORT = 17100;
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<Process> processes = new ArrayList<>();

    private record Process(Vertx vertx, MemberClusterManager members, Roster roster) {
        /** As a killed process: nobody is told. */
        void kill() throws Exception {
            await(vertx.close());
        }

        List<String> knows() {
            return members.getNodes().stream()
                    .map(id -> id.substring(id.indexOf('/') + 1, id.indexOf('@')))
                    .sorted()
                    .toList();
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Process process(String cluster, String name, int host, Duration silence, int... seeds) throws Exception {
        MemberClusterManager members = new MemberClusterManager("role", name, NET + host, PORT, Duration.ofMinutes(1));
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(1);
        options.getEventBusOptions()
                .setHost(NET + host)
                .setPort(PORT)
                .setConnectTimeout(1_000)
                .setReconnectAttempts(0);
        Vertx vertx =
                await(Vertx.builder().with(options).withClusterManager(members).buildClustered());
        vertx.exceptionHandler(thrown -> {});
        Roster roster = new Roster(
                vertx,
                members,
                new Roster.Settings(
                        cluster,
                        Arrays.stream(seeds)
                                .mapToObj(seed -> SocketAddress.inetSocketAddress(PORT, NET + seed))
                                .toList(),
                        INTERVAL,
                        silence));
        roster.start();
        Process process = new Process(vertx, members, roster);
        processes.add(process);
        return process;
    }

    private Process process(String name, int host, int... seeds) throws Exception {
        return process("one", name, host, LONG, seeds);
    }

    @AfterEach
    void stop() throws Exception {
        for (Process process : processes) {
            process.kill();
        }
    }

    private static void awaitKnows(Process process, String... names) throws InterruptedException {
        List<String> wanted = Stream.of(names).sorted().toList();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!process.knows().equals(wanted) && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(process.knows()).isEqualTo(wanted);
    }

    @Test
    void callersOfOneSeedKnowEachOtherWhoeverComesFirst() throws Exception {
        Process early = process("early", 10, 1, 2);
        assertThat(early.roster.joined().isComplete()).isFalse();
        Process seed = process("seed-1", 1);
        await(early.roster.joined());
        Process late = process("late", 11, 1, 2);
        for (Process process : List.of(seed, early, late)) {
            awaitKnows(process, "early", "late", "seed-1");
        }
        process("seed-2", 2, 1);
        for (Process process : List.of(seed, early, late)) {
            awaitKnows(process, "early", "late", "seed-1", "seed-2");
        }
    }

    @Test
    void theKilledAreMissedLongBeforeTheirSilenceWouldTell() throws Exception {
        Process seed = process("seed-1", 1);
        Process other = process("seed-2", 2, 1);
        Process first = process("first", 10, 1, 2);
        Process second = process("second", 11, 1, 2);
        awaitKnows(first, "first", "second", "seed-1", "seed-2");
        awaitKnows(other, "first", "second", "seed-1", "seed-2");
        CompletableFuture<String> vanished = new CompletableFuture<>();
        first.members.onVanished(vanished::complete);
        second.kill();
        awaitKnows(first, "first", "seed-1", "seed-2");
        assertThat(vanished.get(20, TimeUnit.SECONDS)).isEqualTo("role/second");
        seed.kill();
        awaitKnows(first, "first", "seed-2");
        awaitKnows(other, "first", "seed-2");
        process("seed-1", 1);
        awaitKnows(first, "first", "seed-1", "seed-2");
    }

    @Test
    void whoTakesLeaveIsMissedByAll() throws Exception {
        Process seed = process("seed-1", 1);
        Process first = process("first", 10, 1);
        Process second = process("second", 11, 1);
        awaitKnows(first, "first", "second", "seed-1");
        await(second.roster.close());
        awaitKnows(first, "first", "seed-1");
        awaitKnows(seed, "first", "seed-1");
    }

    @Test
    void aNameThatComesBackElsewhereReplacesTheOldOne() throws Exception {
        Process seed = process("seed-1", 1);
        process("first", 10, 1);
        awaitKnows(seed, "first", "seed-1");
        process("first", 11, 1);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String id = "role/first@" + NET + "11:" + PORT;
        while (!seed.members.getNodes().contains(id) && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(seed.members.getNodes()).contains(id);
    }

    @Test
    void anotherClusterIsSentAway() throws Exception {
        Process seed = process("seed-1", 1);
        Process stranger = process("two", "stranger", 10, LONG, 1);
        Process friend = process("friend", 11, 1);
        awaitKnows(friend, "friend", "seed-1");
        assertThat(stranger.roster.joined().isComplete()).isFalse();
        assertThat(seed.knows()).doesNotContain("stranger");
    }

    @Test
    void messagesAreReadAsTheyWereWritten() {
        BusNode one = new BusNode("kubelet", "kubelet-node-1", "127.0.0.1", 7100);
        BusNode two = new BusNode("store", "store-0", "127.0.0.2", 7101);
        RosterMessage list = RosterMessage.read(RosterMessage.list("kvorum", one, List.of(two, one)));
        assertThat(list).isEqualTo(new RosterMessage(RosterMessage.Kind.LIST, "kvorum", one, List.of(two, one)));
        for (String bad : List.of("", "CALL\nkvorum", "SING\nkvorum\nstore/a@h:1", "CALL\nkvorum\nstore@h")) {
            assertThatThrownBy(() -> RosterMessage.read(Buffer.buffer(bad)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
