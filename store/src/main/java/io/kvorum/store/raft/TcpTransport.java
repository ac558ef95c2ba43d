package io.kvorum.store.raft;

import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members as processes, over TCP. Each member dials every host it was given; whoever answers with the name of a member
 * of the same cluster is that member. Frames have their length in front; the first each way is a greeting. A connection
 * on which nothing was heard for {@link #SILENCE} is closed and dialled anew, because after a cut in the network a new one
 * works at once and an old one after many seconds.
 */
public final class TcpTransport implements RaftTransport {
    private static final Logger LOG = LoggerFactory.getLogger(TcpTransport.class);

    private static final Duration PING_EVERY = Duration.ofSeconds(1);
    private static final Duration SILENCE = Duration.ofSeconds(4);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final long REDIAL_MIN_MILLIS = 50;
    private static final long REDIAL_MAX_MILLIS = 1000;
    private static final int MAX_FRAME_BYTES = 1 << 30;
    private static final int WRITE_QUEUE_BYTES = 16 << 20;

    private static final int HELLO = 100;
    private static final int PING = 101;
    private static final int PONG = 102;
    private static final String PROTOCOL = "kvorum-raft/1";

    private final Vertx vertx;
    private final MemberThread thread;
    private final Context context;
    private final Settings settings;
    private final NetClient client;
    private final NetServer server;
    private final Set<Link> links = new HashSet<>();
    private final Map<String, Link> best = new ConcurrentHashMap<>();
    private final List<Peer> peers = new ArrayList<>();
    private final Set<String> strangers = new HashSet<>();
    private final Set<String> distrusted = new HashSet<>();
    private volatile @Nullable Supplier<Incarnation> own;
    private volatile @Nullable Consumer<byte[]> receiver;
    private volatile @Nullable Consumer<String> onReachable;
    private volatile boolean closed;
    private long pingTimer;

    /**
     * Where to listen and whom to dial.
     *
     * @param known names of all that are, or may one day be, members
     * @param address own address, for listening and for dialling out
     * @param port the port of all members
     * @param hosts where members may be found; hosts that are none are tolerated
     * @param tls null: connections are open to whoever can read or change what passes
     */
    public record Settings(
            String cluster,
            String name,
            List<String> known,
            String address,
            int port,
            List<String> hosts,
            @Nullable PeerTls tls) {}

    private TcpTransport(Vertx vertx, MemberThread thread, Settings settings) {
        this.vertx = vertx;
        this.thread = thread;
        this.context = thread.context(vertx);
        this.settings = settings;
        NetClientOptions dialling = new NetClientOptions()
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                .setLocalAddress(settings.address())
                .setTcpNoDelay(true);
        NetServerOptions listening = new NetServerOptions()
                .setHost(settings.address())
                .setPort(settings.port())
                .setTcpNoDelay(true);
        PeerTls tls = settings.tls();
        if (tls != null) {
            tls.applyTo(dialling);
            tls.applyTo(listening);
        }
        client = vertx.createNetClient(dialling);
        server = vertx.createNetServer(listening);
    }

    /**
     * Listens and begins to dial; fails when the port cannot be had. Completes on the context of the caller, which outlives
     * the member's thread.
     *
     * @param thread reads and writes; what it sends itself is written at once
     */
    public static Future<TcpTransport> listen(Vertx vertx, MemberThread thread, Settings settings) {
        TcpTransport transport = new TcpTransport(vertx, thread, settings);
        Promise<TcpTransport> listening = ((VertxInternal) vertx).promise();
        transport.context.runOnContext(v -> transport
                .server
                .connectHandler(socket -> transport.new Link(socket, null))
                .exceptionHandler(e -> LOG.debug("a connection was not accepted: {}", e.getMessage()))
                .listen()
                .onSuccess(server -> {
                    transport.dialAll();
                    listening.complete(transport);
                })
                .onFailure(e -> listening.fail(new IllegalStateException("cannot listen for other store members on "
                        + settings.address() + ":" + settings.port() + ": " + e.getMessage()))));
        return listening.future();
    }

    private void dialAll() {
        for (String host : settings.hosts()) {
            if (!host.equals(settings.address())) {
                Peer peer = new Peer(host);
                peers.add(peer);
                peer.dial();
            }
        }
        pingTimer = vertx.setPeriodic(PING_EVERY.toMillis(), id -> pingAll());
    }

    @Override
    public void start(Supplier<Incarnation> own, Consumer<byte[]> receiver, Consumer<String> onReachable) {
        this.receiver = receiver;
        this.onReachable = onReachable;
        context.runOnContext(v -> {
            this.own = own;
            List.copyOf(links).forEach(Link::greet);
        });
    }

    @Override
    public void send(String member, byte[] message) {
        Link link = best.get(member);
        if (link == null) {
            return;
        }
        if (thread.isCurrent()) {
            link.write(message);
        } else {
            context.runOnContext(v -> link.write(message));
        }
    }

    @Override
    public boolean isReachable(String member) {
        return best.containsKey(member);
    }

    @Override
    public Future<Void> close() {
        closed = true;
        receiver = null;
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            vertx.cancelTimer(pingTimer);
            List<Future<?>> closing = new ArrayList<>(List.of(server.close(), client.close()));
            links.forEach(link -> closing.add(link.socket.close()));
            Future.join(closing).<Void>mapEmpty().onComplete(done);
        });
        return done.future();
    }

    private void pingAll() {
        long now = System.nanoTime();
        for (Link link : List.copyOf(links)) {
            if (now - link.heardNanos > SILENCE.toNanos()) {
                link.socket.close();
            } else {
                link.write(new byte[] {PING});
            }
        }
    }

    private boolean allDialled() {
        long dialled = peers.stream()
                .filter(peer -> peer.link != null && peer.link.member != null)
                .count();
        return dialled >= peers.size();
    }

    /** A host to dial, again and again. */
    private final class Peer {
        private final String host;
        private @Nullable Link link;
        private long pauseMillis = REDIAL_MIN_MILLIS;

        Peer(String host) {
            this.host = host;
        }

        void dial() {
            if (closed) {
                return;
            }
            if (allDialled()) {
                redial();
                return;
            }
            client.connect(settings.port(), host).onComplete(connected -> {
                if (connected.failed()) {
                    refused(connected.cause());
                    redial();
                } else if (closed) {
                    connected.result().close();
                } else {
                    link = new Link(connected.result(), this);
                }
            });
        }

        /** A host that is not there is nothing special; one that cannot be trusted, or does not trust us, is. */
        private void refused(Throwable cause) {
            Throwable reason = cause.getCause() == null ? cause : cause.getCause();
            if (cause instanceof SSLException
                    && distrusted.add(host + " " + reason.getClass().getName())) {
                LOG.warn("no safe connection to {}: {}", host, reason.getMessage());
            }
        }

        void redial() {
            link = null;
            if (!closed) {
                vertx.setTimer(pauseMillis, id -> dial());
                pauseMillis = Math.min(REDIAL_MAX_MILLIS, pauseMillis * 2);
            }
        }

        void greeted() {
            pauseMillis = REDIAL_MIN_MILLIS;
        }
    }

    /** One connection; {@code peer} is null on the side that was dialled. */
    private final class Link {
        private final NetSocket socket;
        private final @Nullable Peer peer;
        private @Nullable String member;
        private long heardNanos = System.nanoTime();
        private int frameLength = -1;

        /** The other side's greeting, come before we could judge it. */
        private byte @Nullable [] helloBefore;

        Link(NetSocket socket, @Nullable Peer peer) {
            this.socket = socket;
            this.peer = peer;
            links.add(this);
            socket.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
            RecordParser parser = RecordParser.newFixed(4);
            parser.handler(part -> read(parser, part));
            socket.handler(parser);
            socket.exceptionHandler(
                    e -> LOG.debug("connection to {} failed: {}", socket.remoteAddress(), e.getMessage()));
            socket.closeHandler(v -> ended());
            greet();
        }

        /** Says who we are, once we know: the connections are made while the member still reads its files. */
        void greet() {
            Supplier<Incarnation> known = own;
            if (known == null) {
                return;
            }
            Incarnation incarnation = known.get();
            write(new BinaryWriter(64)
                    .octet(HELLO)
                    .text(PROTOCOL)
                    .text(settings.cluster())
                    .text(settings.name())
                    .number(incarnation.clusterId())
                    .bool(incarnation.blank())
                    .toByteArray());
            byte[] early = helloBefore;
            if (early != null) {
                helloBefore = null;
                greeted(early);
            }
        }

        /** Writes a frame, or drops it when too much waits already. */
        void write(byte[] frame) {
            if (!socket.writeQueueFull()) {
                socket.write(
                        Buffer.buffer(4 + frame.length).appendInt(frame.length).appendBytes(frame));
            }
        }

        private void read(RecordParser parser, Buffer part) {
            heardNanos = System.nanoTime();
            if (frameLength < 0) {
                frameLength = part.getInt(0);
                if (frameLength <= 0 || frameLength > MAX_FRAME_BYTES) {
                    socket.close();
                    return;
                }
                parser.fixedSizeMode(frameLength);
                return;
            }
            frameLength = -1;
            parser.fixedSizeMode(4);
            frame(part.getBytes());
        }

        private void frame(byte[] frame) {
            switch (frame[0]) {
                case HELLO -> greeted(frame);
                case PING -> write(new byte[] {PONG});
                case PONG -> {}
                default -> {
                    Consumer<byte[]> to = receiver;
                    if (member != null && to != null) {
                        to.accept(frame);
                    }
                }
            }
        }

        private void greeted(byte[] frame) {
            Supplier<Incarnation> known = own;
            if (known == null) {
                helloBefore = frame;
                return;
            }
            String name = memberOf(frame, known.get());
            if (name == null) {
                socket.close();
                return;
            }
            member = name;
            if (peer != null) {
                peer.greeted();
            }
            Consumer<String> tell = onReachable;
            if (best.put(name, this) == null && tell != null) {
                tell.accept(name);
            }
        }

        /** The member that greets, null when it is none of ours. */
        private @Nullable String memberOf(byte[] frame, Incarnation here) {
            try {
                BinaryReader in = new BinaryReader(frame);
                in.octet();
                boolean ours = in.text().equals(PROTOCOL) && in.text().equals(settings.cluster());
                String name = in.text();
                if (!ours || !settings.known().contains(name) || name.equals(settings.name())) {
                    return null;
                }
                // Members of before the backups do not say it, and have never been restored.
                Incarnation there = in.atEnd() ? new Incarnation(0, false) : new Incarnation(in.number(), in.bool());
                if (here.suits(there)) {
                    strangers.remove(name);
                    return name;
                }
                if (strangers.add(name)) {
                    LOG.error(
                            "{} is of another life of this cluster (id {}, here {}): one of both has data from before a"
                                    + " restore; remove that member's folder to have the others fill it again",
                            name,
                            Long.toHexString(there.clusterId()),
                            Long.toHexString(here.clusterId()));
                }
                return null;
            } catch (MalformedException e) {
                LOG.debug("{} does not speak this protocol: {}", socket.remoteAddress(), e.getMessage());
                return null;
            }
        }

        private void ended() {
            links.remove(this);
            String name = member;
            if (name != null && best.remove(name, this)) {
                links.stream()
                        .filter(link -> name.equals(link.member))
                        .findFirst()
                        .ifPresent(other -> best.put(name, other));
            }
            if (peer != null) {
                peer.redial();
            }
        }
    }
}
