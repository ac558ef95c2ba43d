package io.kvorum.bus.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.vertx.core.Completable;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x cluster manager that takes membership from Hazelcast and from a {@link Roster}, and derives every event bus
 * registration from roles and names. No distributed data structure is read or written, so a split cannot lose a
 * registration.
 *
 * <ul>
 *   <li>address {@code role}: every member with that role;
 *   <li>address {@code role/name}: that member;
 *   <li>address {@code roster@host:port}: the process whose event bus listens there, known or not;
 *   <li>any other address: this process only.
 * </ul>
 *
 * <p>A vanished member is held for some minutes: it still serves those of its addresses that no live member serves, so
 * that after a one-way cut messages flow as soon as the network lets them, not when Hazelcast has merged.
 *
 * <p>Vert.x may start before anybody else is known: until {@link #attach} or a roster's first answer only this process is
 * on the bus. The Hazelcast instance belongs to the caller. Thread-safe.
 */
public final class MemberClusterManager implements ClusterManager {
    private final BusNode self;
    private final long holdNanos;
    private final List<Consumer<String>> onVanished = new CopyOnWriteArrayList<>();

    // Guarded by this.
    private final Map<BusNode, Long> gone = new LinkedHashMap<>();
    private List<BusNode> live;
    private List<BusNode> listed = List.of();
    private @Nullable Attachment attachment;
    private @Nullable RegistrationListener listener;

    private volatile Map<String, List<RegistrationInfo>> table;
    private volatile Map<String, List<String>> instances;
    private volatile @Nullable NodeInfo nodeInfo;
    private volatile boolean active;

    /** The listeners on one Hazelcast instance. */
    private record Attachment(HazelcastInstance hazelcast, UUID membership, UUID lifecycle) {
        void detach() {
            if (hazelcast.getLifecycleService().isRunning()) {
                hazelcast.getCluster().removeMembershipListener(membership);
                hazelcast.getLifecycleService().removeLifecycleListener(lifecycle);
            }
        }
    }

    /**
     * @param host address the event bus listens on; host and port must equal those of the EventBusOptions
     * @param hold how long a vanished member still serves an address that has no live member; zero: not at all
     */
    public MemberClusterManager(String role, String name, String host, int port, Duration hold) {
        self = new BusNode(role, name, host, port);
        holdNanos = hold.toNanos();
        live = List.of(self);
        table = group(live);
        instances = addresses(live, List.of());
    }

    /** Writes this process's bus address into the attributes of the member; call before the Hazelcast instance starts. */
    public void announce(Config config) {
        self.announce(config.getMemberAttributeConfig());
    }

    /** Takes membership from {@code hazelcast} from now on, instead of from the instance attached before. */
    public void attach(HazelcastInstance hazelcast) {
        Attachment former;
        synchronized (this) {
            former = attachment;
            attachment = new Attachment(
                    hazelcast,
                    hazelcast.getCluster().addMembershipListener(new MembershipListener() {
                        @Override
                        public void memberAdded(MembershipEvent event) {
                            refresh();
                        }

                        @Override
                        public void memberRemoved(MembershipEvent event) {
                            refresh();
                        }
                    }),
                    hazelcast.getLifecycleService().addLifecycleListener(this::lifecycleChanged));
        }
        if (former != null) {
            former.detach();
        }
        refresh();
    }

    private void lifecycleChanged(LifecycleEvent event) {
        LifecycleState state = event.getState();
        if (state == LifecycleState.MERGED || state == LifecycleState.MERGE_FAILED) {
            refresh();
        }
    }

    /** The bus addresses of a role's instances, in order: the live ones, or the held ones when none is live. */
    public List<String> instances(String role) {
        return instances.getOrDefault(role, List.of());
    }

    /** The hosts of a role's live instances, in order of their names. */
    synchronized List<String> hosts(String role) {
        return live.stream()
                .filter(node -> node.role().equals(role))
                .sorted(Comparator.comparing(BusNode::name))
                .map(BusNode::host)
                .toList();
    }

    /** Whether the instance at this bus address is a member now. */
    public synchronized boolean isLive(String address) {
        return live.stream().anyMatch(node -> node.address().equals(address));
    }

    /**
     * Registers who is told the bus address of every instance that leaves the membership. Called on a Hazelcast thread;
     * must not block.
     */
    public void onVanished(Consumer<String> listener) {
        onVanished.add(listener);
    }

    BusNode self() {
        return self;
    }

    /** Takes the processes that a roster lists as live from now on, besides the members of the grid. */
    void listed(List<BusNode> nodes) {
        synchronized (this) {
            listed = nodes;
        }
        refresh();
    }

    private void refresh() {
        List<String> vanished = new ArrayList<>();
        synchronized (this) {
            List<BusNode> now = members();
            if (now == null) {
                return;
            }
            long time = System.nanoTime();
            for (BusNode node : live) {
                if (!now.contains(node)) {
                    gone.putIfAbsent(node, time);
                    vanished.add(node.address());
                }
            }
            live = now;
            gone.entrySet()
                    .removeIf(held -> time - held.getValue() > holdNanos
                            || now.stream()
                                    .anyMatch(node ->
                                            node.address().equals(held.getKey().address())));
            now.forEach(node -> vanished.remove(node.address()));
            publish();
        }
        for (String address : vanished) {
            onVanished.forEach(listener -> listener.accept(address));
        }
    }

    /** Who is on the bus; null while the instance is shutting down, when the last table stays in force. */
    private @Nullable List<BusNode> members() {
        try {
            Set<BusNode> nodes = new LinkedHashSet<>();
            if (attachment != null) {
                attachment.hazelcast().getCluster().getMembers().stream()
                        .map(BusNode::of)
                        .filter(Objects::nonNull)
                        .forEach(nodes::add);
            }
            nodes.addAll(listed);
            nodes.add(self);
            return List.copyOf(nodes);
        } catch (HazelcastInstanceNotActiveException e) {
            return null;
        }
    }

    private void publish() {
        Map<String, List<RegistrationInfo>> next = group(live);
        group(gone.keySet()).forEach(next::putIfAbsent);
        Map<String, List<RegistrationInfo>> old = table;
        // Before the events, because the event bus may ask again while it handles one.
        table = next;
        instances = addresses(live, gone.keySet());
        if (listener == null) {
            return;
        }
        Set<String> addresses = new HashSet<>(old.keySet());
        addresses.addAll(next.keySet());
        for (String address : addresses) {
            List<RegistrationInfo> registrations = registrations(next, address);
            // Vert.x caches what it was told per address, so every change must be told.
            if (!registrations.equals(registrations(old, address)) && listener.wantsUpdatesFor(address)) {
                listener.registrationsUpdated(new RegistrationUpdateEvent(address, registrations));
            }
        }
    }

    private static Map<String, List<RegistrationInfo>> group(Collection<BusNode> nodes) {
        Map<String, List<RegistrationInfo>> grouped = new HashMap<>();
        for (BusNode node : nodes) {
            grouped.computeIfAbsent(node.role(), role -> new ArrayList<>()).add(node.registration());
            // A name that is there twice has come back before its old member was taken off: the youngest wins.
            grouped.put(node.address(), List.of(node.registration()));
            // By the node's own id, so that a roster's messages share the connection with all others.
            grouped.put(node.rosterAddress(), List.of(node.registration()));
        }
        return grouped;
    }

    private static List<RegistrationInfo> registrations(Map<String, List<RegistrationInfo>> table, String address) {
        List<RegistrationInfo> known = table.get(address);
        if (known != null) {
            return known;
        }
        // The address of a roster is a node id as well, of a process whose name is not known.
        return BusNode.isRosterAddress(address) ? List.of(new RegistrationInfo(address, 0, false)) : List.of();
    }

    private static Map<String, List<String>> addresses(Collection<BusNode> live, Collection<BusNode> held) {
        Map<String, List<String>> byRole = new HashMap<>();
        live.forEach(node -> add(byRole, node));
        Map<String, List<String>> heldByRole = new HashMap<>();
        held.forEach(node -> add(heldByRole, node));
        heldByRole.forEach(byRole::putIfAbsent);
        byRole.replaceAll((role, list) -> list.stream().sorted().distinct().toList());
        return Map.copyOf(byRole);
    }

    private static void add(Map<String, List<String>> byRole, BusNode node) {
        byRole.computeIfAbsent(node.role(), role -> new ArrayList<>()).add(node.address());
    }

    // What the event bus asks.

    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
        promise.succeed(registrations(table, address));
    }

    @Override
    public void addRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        promise.succeed();
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        promise.succeed();
    }

    @Override
    public synchronized void registrationListener(RegistrationListener listener) {
        this.listener = listener;
    }

    @Override
    public String getNodeId() {
        return self.id();
    }

    @Override
    public NodeInfo getNodeInfo() {
        NodeInfo info = nodeInfo;
        return info == null ? new NodeInfo(self.host(), self.port(), null) : info;
    }

    @Override
    public synchronized List<String> getNodes() {
        return live.stream().map(BusNode::id).toList();
    }

    @Override
    public void getNodeInfo(String id, Completable<NodeInfo> promise) {
        NodeInfo info = BusNode.infoOf(id);
        if (info == null) {
            promise.fail("not a node id: " + id);
        } else {
            promise.succeed(info);
        }
    }

    @Override
    public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
        if (self.host().equals(info.host()) && self.port() == info.port()) {
            nodeInfo = info;
            promise.succeed();
        } else {
            promise.fail("the event bus listens on " + info.host() + ":" + info.port() + ", but " + self.id()
                    + " is announced");
        }
    }

    // Life cycle.

    @Override
    public void init(Vertx vertx) {}

    @Override
    public void join(Completable<Void> promise) {
        active = true;
        promise.succeed();
    }

    @Override
    public void leave(Completable<Void> promise) {
        active = false;
        Attachment former;
        synchronized (this) {
            former = attachment;
            attachment = null;
        }
        if (former != null) {
            former.detach();
        }
        promise.succeed();
    }

    @Override
    public boolean isActive() {
        return active;
    }

    /** Only Vert.x' high availability of verticles listens to nodes, which Kvorum does not use. */
    @Override
    public void nodeListener(NodeListener listener) {}

    // Clustered shared data is not offered: what must be shared is in the store.

    @Override
    public <K, V> void getAsyncMap(String name, Completable<AsyncMap<K, V>> promise) {
        promise.fail(unsupported());
    }

    @Override
    public <K, V> Map<K, V> getSyncMap(String name) {
        throw unsupported();
    }

    @Override
    public void getLockWithTimeout(String name, long timeout, Completable<Lock> promise) {
        promise.fail(unsupported());
    }

    @Override
    public void getCounter(String name, Completable<Counter> promise) {
        promise.fail(unsupported());
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("clustered shared data is not part of the bus");
    }
}
