package io.kvorum.bench.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Links between the members of an etcd cluster that can be cut. A member is known to the others by an address of the
 * links, which pass on to it what they receive; who is calling is told by the process that the caller's port belongs to.
 * What is sent over a cut link is held back, as by a network that drops every packet, and comes when it is healed.
 * Thread-safe.
 */
final class PeerLinks implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PeerLinks.class.getName());
    private static final int FIRST_ADDRESS = 101;
    private static final int NOBODY = -1;

    private final String network;
    private final List<String> targets;
    private final int port;
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Map<Long, Integer> members = new ConcurrentHashMap<>();
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private volatile int isolated = NOBODY;

    private PeerLinks(String network, List<String> targets, int port) {
        this.network = network;
        this.targets = targets;
        this.port = port;
    }

    /**
     * @param network the first three bytes of the addresses of the links
     * @param targets where the members themselves listen
     */
    static PeerLinks open(String network, List<String> targets, int port) throws IOException {
        PeerLinks links = new PeerLinks(network, targets, port);
        try {
            for (int i = 0; i < targets.size(); i++) {
                ServerSocket server = new ServerSocket();
                links.servers.add(server);
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(links.address(i), port));
                int member = i;
                start("links-" + member, () -> links.accept(server, member));
            }
        } catch (IOException e) {
            links.close();
            throw e;
        }
        return links;
    }

    /** Where the others find a member. */
    String address(int member) {
        return network + "." + (FIRST_ADDRESS + member);
    }

    /** Says which process a member is; to be told before it calls anybody. */
    void belongs(int member, long pid) {
        members.put(pid, member);
    }

    /** Cuts all links of a member, both ways. */
    void isolate(int member) {
        isolated = member;
    }

    void heal() {
        isolated = NOBODY;
        relays.forEach(Relay::wake);
    }

    private boolean cut(int one, int other) {
        int now = isolated;
        return now != NOBODY && one != other && (now == one || now == other);
    }

    private void accept(ServerSocket server, int target) {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                start("link-to-" + target, () -> serve(caller, target));
            } catch (SocketException e) {
                // Closed: the links are no longer needed.
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot accept a peer's connection", e);
                return;
            }
        }
    }

    private void serve(Socket caller, int target) {
        try (caller;
                Socket callee = new Socket()) {
            int source = SocketOwner.find((InetSocketAddress) caller.getRemoteSocketAddress(), members.keySet())
                    .map(members::get)
                    .orElse(NOBODY);
            callee.connect(new InetSocketAddress(InetAddress.getByName(targets.get(target)), port));
            Relay there = new Relay(caller, callee, () -> cut(source, target));
            Relay back = new Relay(callee, caller, () -> cut(source, target));
            relays.add(there);
            relays.add(back);
            Thread backwards = start("link-from-" + target, back);
            try {
                there.run();
                backwards.join();
            } finally {
                relays.remove(there);
                relays.remove(back);
            }
        } catch (IOException e) {
            // The member is down; the caller sees a closed connection and tries again.
            LOG.log(Level.FINE, "no link to a member", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        for (ServerSocket server : servers) {
            try {
                server.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot close a link", e);
            }
        }
        relays.forEach(Relay::close);
    }
}
