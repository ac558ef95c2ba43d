package io.kvorum.kubelet.streaming;

import io.fabric8.kubernetes.api.model.Status;
import io.kvorum.kubelet.logs.ContainerLog;
import io.kvorum.kubelet.logs.LogQuery;
import io.kvorum.kubelet.logs.LogReader;
import io.kvorum.kubelet.runtime.ContainerStreams;
import io.kvorum.kubelet.runtime.ExecRequest;
import io.kvorum.kubelet.runtime.ExecSession;
import io.kvorum.kubelet.server.LogStream;
import io.kvorum.kubelet.streaming.StreamTargets.ContainerTarget;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects a client's streams to a command that is started for it, or to a container's main process. */
final class RemoteCommand {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteCommand.class);

    private final Vertx vertx;
    private final ContainerStreams containers;
    private final StreamTargets targets;
    private final Pipes pipes;
    private final WorkerExecutor logReaders;

    RemoteCommand(
            Vertx vertx, ContainerStreams containers, StreamTargets targets, Pipes pipes, WorkerExecutor logReaders) {
        this.vertx = vertx;
        this.containers = containers;
        this.targets = targets;
        this.pipes = pipes;
        this.logReaders = logReaders;
    }

    /** Runs a command until it ends or the client is gone. */
    void exec(ContainerTarget target, List<String> command, boolean tty, CommandStreams streams) {
        Context context = streams.wire().context();
        ExecRequest request = new ExecRequest(command, streams.stdin() != null, tty);
        pipes.call(context, () -> containers.open(target.id(), request)).onComplete(started -> {
            if (started.failed()) {
                String cause = String.valueOf(started.cause().getMessage());
                LOG.info("command not started container={} cause={}", target.id(), cause);
                finish(streams, Outcome.failed("error executing command in container: " + cause));
            } else {
                connect(context, started.result(), streams);
            }
        });
    }

    private void connect(Context context, ExecSession session, CommandStreams streams) {
        boolean[] ended = {false};
        streams.wire().onClose(() -> {
            if (!ended[0]) {
                session.hangUp();
            }
        });
        if (streams.stdin() != null) {
            WriteStream<Buffer> stdin = pipes.sink(session.stdin());
            Flow.join(streams.stdin(), stdin, stdin::end);
        }
        Future<Void> out = output(session.stdout(), streams.stdout(), streams.wire());
        Future<Void> err = output(session.stderr(), streams.stderr(), streams.wire());
        resize(context, streams, session::resize);
        Promise<Integer> exit = Promise.promise();
        session.exit().thenAccept(code -> context.runOnContext(v -> exit.complete(code)));
        Future.all(out, err, exit.future()).onSuccess(all -> {
            ended[0] = true;
            finish(streams, Outcome.exited(exit.future().result()));
        });
    }

    /** Hands an output on, or reads it for nobody; succeeds at its end. */
    private Future<Void> output(InputStream from, @Nullable Outbound to, Wire wire) {
        Promise<Void> end = Promise.promise();
        var source = pipes.source(from);
        if (to == null) {
            source.endHandler(v -> end.complete());
            source.handler(chunk -> {});
        } else {
            Flow.join(source, to, end::complete);
            // Without a client the rest is read for nobody, so that the command does not wait for a full pipe.
            wire.onClose(() -> source.handler(chunk -> {}).resume());
        }
        return end.future();
    }

    /** Gives a terminal a size; blocks. */
    private interface Resizer {
        void resize(int columns, int rows) throws IOException;
    }

    private void resize(Context context, CommandStreams streams, Resizer resizer) {
        if (streams.resize() != null) {
            Resizes resizes = new Resizes(context, resizer);
            TerminalSizes sizes = new TerminalSizes();
            streams.resize().handler(bytes -> resizes.wanted(sizes.feed(bytes)));
        }
    }

    /** One resize at a time; of those that come meanwhile only the last counts. */
    private final class Resizes {
        private final Context context;
        private final Resizer resizer;
        private TerminalSizes.@Nullable Size next;
        private boolean running;

        Resizes(Context context, Resizer resizer) {
            this.context = context;
            this.resizer = resizer;
        }

        void wanted(TerminalSizes.@Nullable Size size) {
            if (size != null) {
                next = size;
                run();
            }
        }

        private void run() {
            TerminalSizes.Size size = next;
            if (running || size == null) {
                return;
            }
            running = true;
            next = null;
            pipes.run(context, () -> resizer.resize(size.columns(), size.rows()))
                    .onFailure(cause -> LOG.warn("terminal not resized cause={}", cause.toString()))
                    .onComplete(done -> {
                        running = false;
                        run();
                    });
        }
    }

    private static void finish(CommandStreams streams, Status status) {
        if (streams.stdout() != null) {
            streams.stdout().end();
        }
        if (streams.stderr() != null) {
            streams.stderr().end();
        }
        Buffer outcome = Outcome.encoded(status, streams.statusInJson());
        if (outcome != null) {
            streams.error().write(outcome);
        }
        streams.error().end();
        streams.close().run();
    }

    /**
     * Follows a container's output from now on, and writes to its input where it has one. Its output and error are one
     * file, so both come on stdout. Ends with the container or the client, without an exit code. One that has ended is an
     * error, which makes kubectl read its log.
     */
    void attach(ContainerTarget target, CommandStreams streams) {
        Context context = streams.wire().context();
        InboundQueue stdin = streams.stdin();
        if (stdin != null) {
            // The answer to what is written belongs to the client: nothing is taken before its output is followed.
            stdin.pause();
        }
        resize(context, streams, (columns, rows) -> containers.resize(target.id(), columns, rows));
        pipes.call(context, () -> {
                    var log = targets.log(target.id());
                    LogReader reader = log.open(new LogQuery(0L, null, false, null));
                    // After the log's end is known: what ends from here on is still followed.
                    if (!containers.runs(target.id())) {
                        throw new IOException("container " + target.id() + " is not running");
                    }
                    return new Opened(log, reader);
                })
                .onComplete(opened -> {
                    if (opened.failed()) {
                        finish(
                                streams,
                                Outcome.failed("error attaching to container: "
                                        + opened.cause().getMessage()));
                        return;
                    }
                    attachOutput(opened.result(), streams);
                    if (stdin != null) {
                        attachInput(context, target, streams, stdin);
                    }
                });
    }

    private void attachOutput(Opened opened, CommandStreams streams) {
        LogStream output = new LogStream(vertx, logReaders, opened.log(), opened.reader(), true);
        streams.wire().onClose(output::close);
        output.exceptionHandler(
                cause -> finish(streams, Outcome.failed("error attaching to container: " + cause.getMessage())));
        Outbound to = streams.stdout() != null ? streams.stdout() : streams.stderr();
        if (to == null) {
            output.endHandler(v -> finish(streams, Outcome.success()));
            output.handler(chunk -> {});
        } else {
            Flow.join(output, to, () -> finish(streams, Outcome.success()));
        }
    }

    private record Opened(ContainerLog log, LogReader reader) {}

    private void attachInput(Context context, ContainerTarget target, CommandStreams streams, InboundQueue from) {
        if (!target.stdin()) {
            from.discard();
            return;
        }
        pipes.call(context, () -> containers.stdin(target.id())).onComplete(opened -> {
            if (opened.failed()) {
                LOG.info(
                        "no standard input container={} cause={}",
                        target.id(),
                        opened.cause().getMessage());
                from.discard();
                return;
            }
            OutputStream fifo = opened.result();
            WriteStream<Buffer> stdin = pipes.sink(fifo);
            // A write that waits for a container that does not read ends with the client.
            streams.wire().onClose(() -> pipes.run(context, fifo::close));
            Flow.join(
                    from,
                    stdin,
                    () -> stdin.end().onComplete(written -> {
                        if (target.stdinOnce()) {
                            pipes.run(context, () -> containers.closeStdin(target.id()))
                                    .onFailure(cause -> LOG.warn(
                                            "standard input not closed container={} cause={}",
                                            target.id(),
                                            cause.toString()));
                        }
                    }));
        });
    }
}
