package io.kvorum.proxy.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening TCP sockets of one proxy and the thread that accepts for all of them.
 *
 * <p>The proxies of several nodes may share an address: the kernel spreads new connections over their sockets, so that one
 * proxy can leave while the others go on. But Linux resets the connections that wait to be accepted when their socket is
 * closed. So a socket is closed here in one go: it leaves the selector (a channel that a selector knows is closed at the
 * selector's next turn only), all that waits is accepted, and it is closed. What arrives between these last two calls into
 * the kernel, some microseconds, is what can be lost. Netty's event loops do not let a channel do this, hence a thread of
 * our own.
 */
final class Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int BACKLOG = 1024;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private @Nullable Selector selector;
    private boolean ended;

    /** One listening socket; its consumer gets the connections, on the acceptor's thread. */
    final class Listener {
        private final ServerSocketChannel channel;
        private final Consumer<SocketChannel> accepted;
        private @Nullable SelectionKey key;

        private Listener(ServerSocketChannel channel, Consumer<SocketChannel> accepted) {
            this.channel = channel;
            this.accepted = accepted;
        }

        /** Stops listening; the connections that were waiting are accepted first. */
        CompletableFuture<Listener> close() {
            return submit(() -> {
                if (key != null) {
                    key.cancel();
                    key.selector().selectNow();
                }
                takeAll();
                channel.close();
                return this;
            });
        }

        private void takeAll() throws IOException {
            while (channel.isOpen()) {
                SocketChannel connection = channel.accept();
                if (connection == null) {
                    return;
                }
                accepted.accept(connection);
            }
        }
    }

    /** Something to be done on the acceptor's thread. */
    private interface Task<T> {
        T run() throws IOException;
    }

    /**
     * Listens. The future fails when the address is taken, or is not this host's.
     *
     * @param shared whether others may listen there as well, where the system can do that
     */
    CompletableFuture<Listener> listen(InetSocketAddress address, boolean shared, Consumer<SocketChannel> accepted) {
        return submit(() -> {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
            try {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                if (shared && channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                    channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                }
                channel.configureBlocking(false);
                channel.bind(address, BACKLOG);
                Listener listener = new Listener(channel, accepted);
                listener.key = channel.register(selector(), SelectionKey.OP_ACCEPT, listener);
                return listener;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        });
    }

    private <T> CompletableFuture<T> submit(Task<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            Selector running = selector();
            tasks.add(() -> {
                try {
                    done.complete(task.run());
                } catch (IOException | RuntimeException e) {
                    done.completeExceptionally(e);
                }
            });
            running.wakeup();
        } catch (UncheckedIOException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    /** The selector; the first to ask starts the thread. */
    private synchronized Selector selector() {
        Selector present = selector;
        if (present != null) {
            return present;
        }
        try {
            Selector opened = Selector.open();
            selector = opened;
            Thread thread = new Thread(() -> run(opened), "accept");
            thread.setDaemon(true);
            thread.start();
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(Selector running) {
        try (running) {
            rehearseClosing();
            while (!ended()) {
                running.select();
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                for (SelectionKey key : running.selectedKeys()) {
                    accept(key);
                }
                running.selectedKeys().clear();
            }
        } catch (IOException e) {
            LOG.error("service addresses are not listened to any more", e);
        }
    }

    /** With a selector of its own: a look at the thread's would swallow the call that wakes it. */
    private static void rehearseClosing() throws IOException {
        try (Selector own = Selector.open();
                ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SelectionKey key = channel.register(own, SelectionKey.OP_ACCEPT);
            key.cancel();
            own.selectNow();
            SocketChannel stranger = channel.accept();
            if (stranger != null) {
                stranger.close();
            }
        }
    }

    private static void accept(SelectionKey key) {
        Listener listener = (Listener) key.attachment();
        try {
            listener.takeAll();
        } catch (IOException e) {
            // Too many open files, or the peer is gone already: the next one may do better.
            LOG.warn("a connection was not accepted cause={}", e.toString());
        }
    }

    private synchronized boolean ended() {
        return ended;
    }

    /** Ends the thread; listeners should be closed before. */
    synchronized void end() {
        ended = true;
        if (selector != null) {
            selector.wakeup();
        }
    }
}
