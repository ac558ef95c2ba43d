package io.kvorum.component.grid;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.kvorum.bus.cluster.MemberClusterManager;
import io.kvorum.component.fault.FaultRules;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this process a member of the grid: waits until a member listens, joins, and, as a lite member, joins again when
 * Hazelcast has given up and shut itself down. A store member that was shut down fails instead, because its data needs a
 * start from disk.
 */
public final class GridMembership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GridMembership.class);
    private static final int CONNECT_MILLIS = 500;
    private static final long FIRST_WAIT_MILLIS = 20;
    private static final long LONGEST_WAIT_MILLIS = 250;
    private static final long LONGEST_RETRY_MILLIS = 5_000;

    private final GridSettings settings;
    private final GridMember member;
    private final FaultRules faults;
    private final MemberClusterManager bus;
    private final Runnable onJoined;
    private final Consumer<Throwable> onFailed;

    private @Nullable HazelcastInstance instance;
    private @Nullable Thread thread;
    private boolean closed;

    /**
     * @param onJoined called after every join, on the joining thread
     * @param onFailed called when joining cannot succeed any more
     */
    public GridMembership(
            GridSettings settings,
            GridMember member,
            FaultRules faults,
            MemberClusterManager bus,
            Runnable onJoined,
            Consumer<Throwable> onFailed) {
        this.settings = settings;
        this.member = member;
        this.faults = faults;
        this.bus = bus;
        this.onJoined = onJoined;
        this.onFailed = onFailed;
    }

    /** Begins to join, on a thread of its own. */
    public synchronized void start() {
        if (closed) {
            return;
        }
        Thread joining = new Thread(this::join, "grid-join");
        joining.setDaemon(true);
        thread = joining;
        joining.start();
    }

    /** The running member; null before the first join and between two. */
    public synchronized @Nullable HazelcastInstance instance() {
        return instance;
    }

    private synchronized boolean closed() {
        return closed;
    }

    private void join() {
        long retry = LONGEST_WAIT_MILLIS;
        try {
            while (!closed()) {
                if (settings.lite()) {
                    awaitMember();
                }
                try {
                    joinOnce();
                    return;
                } catch (RuntimeException e) {
                    if (!settings.lite() || bindFailed(e)) {
                        onFailed.accept(e);
                        return;
                    }
                    LOG.atWarn()
                            .addKeyValue("retryMillis", retry)
                            .addKeyValue("reason", e.getMessage())
                            .log("Could not join the grid");
                    Thread.sleep(retry);
                    retry = Math.min(retry * 2, LONGEST_RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            // close() wants no member any more.
            Thread.currentThread().interrupt();
        }
    }

    private static boolean bindFailed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private void joinOnce() {
        Config config = Grid.config(settings);
        bus.announce(config);
        member.configure(config, settings);
        HazelcastInstance started = Grid.start(settings, config, member, faults);
        synchronized (this) {
            if (closed) {
                started.getLifecycleService().terminate();
                return;
            }
            instance = started;
        }
        started.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.SHUTDOWN) {
                left(started);
            }
        });
        if (!started.getLifecycleService().isRunning()) {
            left(started);
            return;
        }
        bus.attach(started);
        LOG.atInfo()
                .addKeyValue("members", started.getCluster().getMembers().size())
                .log("Joined the grid");
        onJoined.run();
    }

    private void left(HazelcastInstance former) {
        synchronized (this) {
            if (closed || instance != former) {
                return;
            }
            instance = null;
        }
        if (settings.lite()) {
            LOG.warn("Hazelcast left the grid; joining again");
            start();
        } else {
            onFailed.accept(new IllegalStateException("the store member was shut down by Hazelcast"));
        }
    }

    /**
     * Waits until a member of the join list accepts connections, because a lite member that starts alone forms a cluster
     * of its own, and merging it later takes seconds.
     */
    private void awaitMember() throws InterruptedException {
        String self = settings.identity().address() + ":" + settings.port();
        List<String> others =
                settings.join().stream().filter(member -> !member.equals(self)).toList();
        long wait = FIRST_WAIT_MILLIS;
        while (!others.isEmpty() && !closed()) {
            for (String other : others) {
                if (listens(other)) {
                    return;
                }
            }
            Thread.sleep(wait);
            wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS);
        }
    }

    private boolean listens(String member) {
        int colon = member.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(settings.identity().address(), 0));
            socket.connect(
                    new InetSocketAddress(member.substring(0, colon), Integer.parseInt(member.substring(colon + 1))),
                    CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Leaves the grid at once. Not gracefully: nothing is kept in partitions, and a CP member that leaves gracefully is
     * removed from its groups.
     */
    @Override
    public void close() {
        HazelcastInstance running;
        Thread joining;
        synchronized (this) {
            closed = true;
            running = instance;
            instance = null;
            joining = thread;
        }
        if (joining != null) {
            joining.interrupt();
        }
        if (running != null) {
            running.getLifecycleService().terminate();
        }
    }
}
