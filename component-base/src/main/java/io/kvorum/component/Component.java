package io.kvorum.component;

import io.kvorum.component.grid.GridMember;
import io.vertx.core.Future;

/** A component of the cluster, as {@link ComponentProcess} starts it. */
public interface Component {
    /** The role: {@code store}, {@code apiserver}, {@code scheduler}, {@code controller-manager}, {@code kubelet}, {@code kube-proxy}. */
    String role();

    /** Port of {@code /healthz}, {@code /livez}, {@code /readyz} and {@code /metrics} on the component's address, unless {@code --health-port} says otherwise. */
    int defaultHealthPort();

    /** Declares the component's own flags; called once, before {@link #start}. Keep what {@link Flags} returns. */
    void declare(Flags flags);

    /** Whether the process is a member of the Hazelcast grid, as the stores are; all others call at its members instead. */
    default boolean gridMember() {
        return false;
    }

    /** How many event loops serve it; a request that changes between two wakes a thread each time. */
    default int eventLoops() {
        return 2;
    }

    /** Whether it must not start without {@code --bus-credential-file}, because it believes what senders say they are. */
    default boolean believesSenders() {
        return false;
    }

    /** How the component shapes the process's Hazelcast member; asked once, after the flags are parsed. */
    default GridMember grid() {
        return GridMember.PLAIN;
    }

    /**
     * Loads what needs no peer: catalogues, schemas, classes. Called on an event loop context as soon as Vert.x runs,
     * while the process still looks for the others: health, metrics and control socket work. {@link #start} follows when both this and the join are done.
     */
    default Future<Void> prepare(ComponentContext context) {
        return Future.succeededFuture();
    }

    /**
     * Starts the component's work on {@code context.vertx()}. Called on an event loop context.
     *
     * @return succeeds when the component serves; failure ends the process with exit code 1 and the message
     */
    Future<Void> start(ComponentContext context);
}
