package io.kvorum.component;

import io.kvorum.bus.cluster.MemberClusterManager;
import io.kvorum.bus.cluster.Roster;
import io.kvorum.component.fault.FaultRules;
import io.kvorum.component.fault.FaultTransport;
import io.kvorum.component.fault.SkewedClock;
import io.kvorum.component.grid.GridMembership;
import io.kvorum.component.grid.GridSettings;
import io.kvorum.component.log.ProcessLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Runs a component as this process: what every {@code main} calls.
 *
 * <p>Start-up overlaps: the process joins the others while it serves health and the control socket and lets the component
 * prepare; the component starts when both are done.
 */
public final class ComponentProcess {
    private ComponentProcess() {}

    /**
     * Parses the command line and starts the component; returns while it starts. The process lives until it is told to
     * stop: SIGTERM, SIGINT, the control socket, the end of its lifeline, or a fatal failure. Exit codes: 0 orderly stop,
     * 1 failure, 2 wrong usage.
     */
    public static void run(Component component, String[] args) {
        long begun = System.nanoTime();
        ComponentFlags parser = new ComponentFlags();
        ProcessFlags flags = new ProcessFlags(parser, component);
        try {
            component.declare(parser);
            parser.parse(List.of(args));
            if (flags.help.get()) {
                System.out.print("Flags of " + component.role() + ":\n" + parser.usage());
                System.exit(0);
            }
            flags.check();
            if (component.believesSenders() && flags.busCredential.get() == null) {
                throw new UsageException(
                        "--bus-credential-file is required: without it any process could pose as another");
            }
            ProcessLog.start(System.err, flags.logFormat.get(), flags.level(), flags.name.get());
            new Start(component, flags, begun).begin();
        } catch (UsageException e) {
            usage(component, e);
        } catch (IllegalArgumentException e) {
            usage(component, new UsageException(String.valueOf(e.getMessage())));
        }
    }

    private static void usage(Component component, UsageException wrong) {
        System.err.println("kvorum " + component.role() + ": " + wrong.getMessage());
        System.exit(2);
    }

    /** One start-up. */
    private static final class Start {
        private static final Logger LOG = LoggerFactory.getLogger(ComponentProcess.class);
        private static final Duration CALL_INTERVAL = Duration.ofMillis(1_500);
        private static final int BUS_PING_MILLIS = 2_000;
        private static final int BLOCKED_CHECK_MILLIS = 5_000;

        private final Component component;
        private final ProcessFlags flags;
        private final long begun;
        private final Identity identity;
        private final FaultRules faults = new FaultRules();
        private final Shutdown shutdown = new Shutdown(System::exit);

        Start(Component component, ProcessFlags flags, long begun) {
            this.component = component;
            this.flags = flags;
            this.begun = begun;
            identity = new Identity(flags.clusterName.get(), component.role(), flags.name.get(), flags.address.get());
        }

        void begin() {
            signals();
            if (flags.lifeline.get().equals("stdin")) {
                lifeline();
            }
            MemberClusterManager members = new MemberClusterManager(
                    identity.role(), identity.name(), identity.address(), flags.busPort.get(), flags.memberHold.get());
            GridMembership grid = component.gridMember() ? grid(members) : null;
            vertx(members).onComplete(vertx -> {
                if (vertx.succeeded()) {
                    started(vertx.result(), members, grid);
                } else {
                    fail("the event bus", vertx.cause());
                }
            });
        }

        private GridMembership grid(MemberClusterManager members) {
            return new GridMembership(
                    gridSettings(), component.grid(), faults, members, cause -> fail("the grid", cause));
        }

        /** Where to call: the event buses of the join list. */
        private Roster roster(Vertx vertx, MemberClusterManager members) {
            List<SocketAddress> seeds = new ArrayList<>();
            for (String member : flags.join.get()) {
                String host = member.substring(0, member.lastIndexOf(':'));
                if (!host.equals(identity.address())) {
                    seeds.add(SocketAddress.inetSocketAddress(flags.joinBusPort.get(), host));
                }
            }
            Duration silence = flags.maxNoHeartbeat.get();
            Duration third = silence.dividedBy(3);
            Duration interval = third.compareTo(CALL_INTERVAL) < 0 ? third : CALL_INTERVAL;
            return new Roster(vertx, members, new Roster.Settings(identity.cluster(), seeds, interval, silence));
        }

        private GridSettings gridSettings() {
            return new GridSettings(
                    identity,
                    identity.name(),
                    flags.gridPort.get(),
                    flags.join.get(),
                    flags.maxNoHeartbeat.get(),
                    flags.dataDir.get());
        }

        private Future<Vertx> vertx(MemberClusterManager members) {
            // Before the first class that reads them.
            System.setProperty(
                    "vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory");
            System.setProperty("vertx.disableDnsResolver", "true");
            // Spares Netty a walk over the host's network interfaces.
            System.setProperty("io.netty.machineId", "00:00:00:00:00:00:00:01");
            System.setProperty(
                    "io.netty.processId", Long.toString(ProcessHandle.current().pid() & 0x3fffff));
            VertxOptions options = new VertxOptions()
                    .setEventLoopPoolSize(component.eventLoops())
                    .setWorkerPoolSize(8)
                    .setInternalBlockingPoolSize(4)
                    .setBlockedThreadCheckInterval(BLOCKED_CHECK_MILLIS)
                    .setFileSystemOptions(
                            new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
            options.getEventBusOptions()
                    .setHost(identity.address())
                    .setPort(flags.busPort.get())
                    .setConnectTimeout(1_000)
                    .setReconnectAttempts(0)
                    .setClusterPingInterval(BUS_PING_MILLIS)
                    .setClusterPingReplyInterval(1_000);
            return VertxBootstrap.create()
                    .options(options)
                    .transport(new FaultTransport(NioTransport.INSTANCE, faults, ownAddress()))
                    .clusterManager(members)
                    .init()
                    .clusteredVertx();
        }

        private InetAddress ownAddress() {
            try {
                return InetAddress.getByName(identity.address());
            } catch (UnknownHostException e) {
                throw new UsageException("--address: \"" + identity.address() + "\" is not an IP address");
            }
        }

        private void started(Vertx vertx, MemberClusterManager members, @Nullable GridMembership grid) {
            vertx.exceptionHandler(Start::unhandled);
            SkewedClock clock = new SkewedClock(Clock.systemUTC());
            RunningComponent process;
            try {
                process = new RunningComponent(
                        flags, identity, vertx, grid, roster(vertx, members), faults, clock, shutdown);
            } catch (UsageException | IOException e) {
                fail("the control socket", e);
                return;
            }
            Future<Void> run = process.run(component);
            run.onComplete(done -> {
                if (done.succeeded()) {
                    if (grid != null) {
                        // Only now: others wait for what the component serves, nobody waits for the grid.
                        grid.start();
                    }
                    LOG.atInfo()
                            .addKeyValue("startMillis", (System.nanoTime() - begun) / 1_000_000)
                            .log("ready");
                } else {
                    fail("start", done.cause());
                }
            });
        }

        private void fail(String what, Throwable cause) {
            if (shutdown.begun()) {
                return;
            }
            if (cause instanceof UsageException) {
                System.err.println("kvorum " + component.role() + ": " + cause.getMessage());
                shutdown.begin(2, String.valueOf(cause.getMessage()));
                return;
            }
            LOG.error("Ending because of {}: {}", what, cause.getMessage(), cause);
            shutdown.begin(1, what + ": " + cause.getMessage());
        }

        /** Vert.x reports every message that was unwritten when a bus connection closed twice; the second is noise. */
        private static void unhandled(Throwable thrown) {
            if (!(thrown instanceof IllegalStateException)
                    || !"Promise already completed".equals(thrown.getMessage())) {
                LOG.error("Unhandled exception", thrown);
            }
        }

        /** Not a shutdown hook, because after one the exit code would be 143 instead of 0. */
        private void signals() {
            for (String name : List.of("TERM", "INT")) {
                Signal.handle(new Signal(name), signal -> shutdown.begin(0, "SIG" + signal.getName()));
            }
        }

        private void lifeline() {
            Thread thread = new Thread(
                    () -> {
                        try {
                            byte[] ignored = new byte[256];
                            while (System.in.read(ignored) >= 0) {
                                // Only the end of the stream means something.
                            }
                        } catch (IOException e) {
                            LOG.warn("The lifeline broke: {}", e.toString());
                        }
                        shutdown.begin(0, "lifeline ended");
                    },
                    "lifeline");
            thread.setDaemon(true);
            thread.start();
        }
    }
}
