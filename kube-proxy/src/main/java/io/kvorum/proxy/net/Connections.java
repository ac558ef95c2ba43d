package io.kvorum.proxy.net;

import io.kvorum.component.net.Relay;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The clients' connections that are open, from the moment they are accepted. */
final class Connections {
    private static final long LOOK_MILLIS = 20;

    private final Set<Channel> open = ConcurrentHashMap.newKeySet();

    /** On any thread: a connection counts before its event loop knows it. */
    void add(Channel connection) {
        open.add(connection);
        connection.closeFuture().addListener(closed -> open.remove(connection));
    }

    /**
     * Lets the connections end: each when it seems to be between two requests ({@link Relay#endIfIdle}), all at the
     * latest after {@code grace}. On the event loop of the connections.
     */
    Future<Void> drain(Vertx vertx, Duration grace) {
        Promise<Void> done = Promise.promise();
        look(vertx, System.nanoTime() + grace.toNanos(), done);
        return done.future();
    }

    private void look(Vertx vertx, long deadline, Promise<Void> done) {
        open.forEach(Relay::endIfIdle);
        if (open.isEmpty()) {
            done.complete();
        } else if (System.nanoTime() - deadline >= 0) {
            open.forEach(Channel::close);
            done.complete();
        } else {
            vertx.setTimer(LOOK_MILLIS, id -> look(vertx, deadline, done));
        }
    }
}
