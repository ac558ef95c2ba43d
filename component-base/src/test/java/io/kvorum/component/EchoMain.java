package io.kvorum.component;

import io.kvorum.bus.BusReply;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The smallest component: answers every bus request with its own name. */
public final class EchoMain implements Component {
    private final boolean full;
    private Supplier<String> greeting = () -> "";
    private @Nullable Context prepared;

    EchoMain(boolean full) {
        this.full = full;
    }

    public static void main(String[] args) {
        ComponentProcess.run(new EchoMain(Boolean.getBoolean("full")), args);
    }

    @Override
    public String role() {
        return full ? "store" : "echo";
    }

    @Override
    public int defaultHealthPort() {
        return 0;
    }

    @Override
    public boolean gridMember() {
        return full;
    }

    @Override
    public void declare(Flags flags) {
        greeting = flags.text("greeting", "I am ", "What goes before the name.");
    }

    @Override
    public Future<Void> prepare(ComponentContext context) {
        prepared = Vertx.currentContext();
        return Future.succeededFuture();
    }

    /** Fails when it is called on another context than {@link #prepare}: what a component confines to one would be torn. */
    @Override
    public Future<Void> start(ComponentContext context) {
        if (prepared == null || prepared != Vertx.currentContext()) {
            return Future.failedFuture("prepared on " + prepared + ", started on " + Vertx.currentContext());
        }
        context.control().register("members", request -> {
            int members = ((VertxInternal) context.vertx())
                    .clusterManager()
                    .getNodes()
                    .size();
            return Future.succeededFuture(
                    request.objectNode().put("text", context.identity().name() + " sees " + members));
        });
        return context.serve((request, sender) -> Future.succeededFuture(BusReply.whole(
                200,
                MultiMap.caseInsensitiveMultiMap(),
                Buffer.buffer(greeting.get() + context.identity().name()))));
    }
}
