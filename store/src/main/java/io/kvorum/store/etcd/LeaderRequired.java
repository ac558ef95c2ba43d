package io.kvorum.store.etcd;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.kvorum.store.raft.Replica;

/** Refuses calls whose client wants a member with a leader ({@code hasleader: true}) while this one knows none. */
final class LeaderRequired implements ServerInterceptor {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Boolean> ASKED = Context.keyWithDefault("etcd-hasleader", false);

    private final Replica replica;

    LeaderRequired(Replica replica) {
        this.replica = replica;
    }

    /** Whether the call at hand is to end when the leader is lost. */
    static boolean asked() {
        return ASKED.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!"true".equals(headers.get(HAS_LEADER))) {
            return next.startCall(call, headers);
        }
        if (replica.leader() == null) {
            call.close(EtcdErrors.NO_LEADER, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(ASKED, true), call, headers, next);
    }
}
