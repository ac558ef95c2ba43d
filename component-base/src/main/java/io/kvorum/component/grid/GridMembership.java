package io.kvorum.component.grid;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.kvorum.bus.cluster.MemberClusterManager;
import io.kvorum.component.fault.FaultRules;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this process a member of the grid. One that Hazelcast shut down fails, because a store's data needs a start from
 * disk.
 */
public final class GridMembership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GridMembership.class);

    private final GridSettings settings;
    private final GridMember member;
    private final FaultRules faults;
    private final MemberClusterManager bus;
    private final Consumer<Throwable> onFailed;

    private @Nullable HazelcastInstance instance;
    private @Nullable Thread thread;
    private boolean closed;

    /**
     * @param onFailed called when joining cannot succeed any more
     */
    public GridMembership(
            GridSettings settings,
            GridMember member,
            FaultRules faults,
            MemberClusterManager bus,
            Consumer<Throwable> onFailed) {
        this.settings = settings;
        this.member = member;
        this.faults = faults;
        this.bus = bus;
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

    /** The running member; null before the join and after the end. */
    public synchronized @Nullable HazelcastInstance instance() {
        return instance;
    }

    private void join() {
        try {
            joinOnce();
        } catch (RuntimeException e) {
            onFailed.accept(e);
        }
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
    }

    private void left(HazelcastInstance former) {
        synchronized (this) {
            if (closed || instance != former) {
                return;
            }
            instance = null;
        }
        onFailed.accept(new IllegalStateException("the store member was shut down by Hazelcast"));
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
