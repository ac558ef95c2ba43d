package io.kvorum.store.raft;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The thread of a member. It is an event loop of its own, which carries the member's connections too: a message is handled
 * on the thread that read it and its answer is written by the thread that made it, so that an entry on its way to the
 * disks of a majority wakes no more threads than there are members. Each fsync blocks it, so nothing else may run here. A
 * daemon: a disk that hangs does not keep the process.
 */
public final class MemberThread implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;

    /** @param member its name, for the name of the thread */
    public MemberThread(String member) {
        group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("store-raft-" + member, true), NioIoHandler.newFactory());
        loop = group.next();
    }

    /** Where Vert.x is to read and write the connections of the member. */
    Context context(Vertx vertx) {
        return ((VertxInternal) vertx).contextBuilder().withEventLoop(loop).build();
    }

    boolean isCurrent() {
        return loop.inEventLoop();
    }

    /** Runs a task after those that wait already. Any thread; fails with {@link RejectedExecutionException} once closed. */
    void execute(Runnable task) {
        loop.execute(task);
    }

    /** Runs a task later, never when the thread is closed before. As {@link #execute}. */
    void schedule(Runnable task, long delay, TimeUnit unit) {
        loop.schedule(task, delay, unit);
    }

    /** Runs a task again and again, {@code pause} after it ended. As {@link #execute}. */
    void scheduleWithFixedDelay(Runnable task, long pause, TimeUnit unit) {
        loop.scheduleWithFixedDelay(task, pause, pause, unit);
    }

    /**
     * Runs what waits already and closes what connections there are. Blocks until that is done, 5 s at most; a task that
     * takes longer goes on.
     */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_LIMIT.toMillis());
    }
}
