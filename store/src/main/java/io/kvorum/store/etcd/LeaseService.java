package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.Answers.expect;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.LeaseGrantRequest;
import io.kvorum.etcd.api.LeaseGrantResponse;
import io.kvorum.etcd.api.LeaseGrpc;
import io.kvorum.etcd.api.LeaseKeepAliveRequest;
import io.kvorum.etcd.api.LeaseKeepAliveResponse;
import io.kvorum.etcd.api.LeaseLeasesRequest;
import io.kvorum.etcd.api.LeaseLeasesResponse;
import io.kvorum.etcd.api.LeaseRevokeRequest;
import io.kvorum.etcd.api.LeaseRevokeResponse;
import io.kvorum.etcd.api.LeaseStatus;
import io.kvorum.etcd.api.LeaseTimeToLiveRequest;
import io.kvorum.etcd.api.LeaseTimeToLiveResponse;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Snapshot.LeaseView;
import io.kvorum.store.server.MemberStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Grants, renews and ends leases. */
final class LeaseService {
    private static final long MIN_TTL_SECONDS = 1;

    private final MemberStore store;
    private final Identities ids;
    private final Executor pool;

    LeaseService(MemberStore store, Identities ids, Executor pool) {
        this.store = store;
        this.ids = ids;
        this.pool = pool;
    }

    ServerServiceDefinition definition() {
        return new Service(LeaseGrpc.SERVICE_NAME)
                .unary(LeaseGrpc.getLeaseGrantMethod(), this::grant)
                .unary(LeaseGrpc.getLeaseRevokeMethod(), this::revoke)
                .both(LeaseGrpc.getLeaseKeepAliveMethod(), KeepAlives::new)
                .unary(LeaseGrpc.getLeaseTimeToLiveMethod(), this::timeToLive)
                .unary(LeaseGrpc.getLeaseLeasesMethod(), this::leases)
                .build();
    }

    private CompletionStage<LeaseGrantResponse> grant(LeaseGrantRequest request) {
        long seconds = Math.max(MIN_TTL_SECONDS, request.getTTL());
        return store.propose(new Command.GrantLease(seconds, request.getID()))
                .thenApplyAsync(
                        outcome -> LeaseGrantResponse.newBuilder()
                                .setHeader(ids.header())
                                .setID(expect(outcome, Outcome.LeaseGranted.class)
                                        .lease())
                                .setTTL(seconds)
                                .build(),
                        pool);
    }

    private CompletionStage<LeaseRevokeResponse> revoke(LeaseRevokeRequest request) {
        return store.propose(new Command.RevokeLease(request.getID()))
                .thenApplyAsync(
                        outcome -> {
                            expect(outcome, Outcome.Done.class);
                            return LeaseRevokeResponse.newBuilder()
                                    .setHeader(ids.header())
                                    .build();
                        },
                        pool);
    }

    private CompletionStage<LeaseTimeToLiveResponse> timeToLive(LeaseTimeToLiveRequest request) {
        long id = request.getID();
        return store.leaseRemainingNanos(id)
                .thenCompose(nanos -> nanos < 0
                        ? CompletableFuture.completedFuture(gone(id))
                        : store.current()
                                .thenApplyAsync(snapshot -> timeToLive(snapshot.lease(id), nanos, request), pool));
    }

    private LeaseTimeToLiveResponse timeToLive(@Nullable LeaseView lease, long nanos, LeaseTimeToLiveRequest request) {
        if (lease == null) {
            return gone(request.getID());
        }
        LeaseTimeToLiveResponse.Builder answer = LeaseTimeToLiveResponse.newBuilder()
                .setHeader(ids.header())
                .setID(lease.id())
                .setTTL(TimeUnit.NANOSECONDS.toSeconds(nanos))
                .setGrantedTTL(lease.seconds());
        if (request.getKeys()) {
            lease.keys().forEach(key -> answer.addKeys(Bytes.of(key)));
        }
        return answer.build();
    }

    private LeaseTimeToLiveResponse gone(long id) {
        return LeaseTimeToLiveResponse.newBuilder()
                .setHeader(ids.header())
                .setID(id)
                .setTTL(-1)
                .build();
    }

    private CompletionStage<LeaseLeasesResponse> leases(LeaseLeasesRequest request) {
        return store.current()
                .thenApplyAsync(
                        snapshot -> {
                            LeaseLeasesResponse.Builder answer =
                                    LeaseLeasesResponse.newBuilder().setHeader(ids.header(snapshot.revision()));
                            snapshot.visitLeases((id, seconds, renewedAt) ->
                                    answer.addLeases(LeaseStatus.newBuilder().setID(id)));
                            return answer.build();
                        },
                        pool);
    }

    private CompletionStage<LeaseKeepAliveResponse> keepAlive(long id) {
        return store.propose(new Command.KeepLeaseAlive(id)).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Refused refused && refused.reason() == Refusal.LEASE_NOT_FOUND) {
                return CompletableFuture.completedFuture(kept(id, 0));
            }
            expect(outcome, Outcome.Done.class);
            long seconds = store.newest().leaseSeconds(id);
            return seconds > 0
                    ? CompletableFuture.completedFuture(kept(id, seconds))
                    : store.current().thenApply(snapshot -> kept(id, snapshot.leaseSeconds(id))); // granted just now
        });
    }

    private LeaseKeepAliveResponse kept(long id, long seconds) {
        return LeaseKeepAliveResponse.newBuilder()
                .setHeader(ids.header())
                .setID(id)
                .setTTL(seconds)
                .build();
    }

    /** One stream of renewals; the next is taken when the one before is answered and the client has room for more. */
    private final class KeepAlives implements StreamObserver<LeaseKeepAliveRequest> {
        private final ServerCallStreamObserver<LeaseKeepAliveResponse> answers;
        private boolean underway;
        private boolean wanted;
        private boolean ended;

        KeepAlives(ServerCallStreamObserver<LeaseKeepAliveResponse> answers) {
            this.answers = answers;
            answers.disableAutoRequest();
            answers.setOnCancelHandler(this::end);
            answers.setOnReadyHandler(this::more);
        }

        @Override
        public synchronized void onNext(LeaseKeepAliveRequest request) {
            wanted = false;
            underway = true;
            keepAlive(request.getID()).whenCompleteAsync(this::answer, pool);
        }

        private synchronized void answer(@Nullable LeaseKeepAliveResponse answer, @Nullable Throwable thrown) {
            underway = false;
            if (answer != null) {
                answers.onNext(answer);
                if (ended) {
                    answers.onCompleted();
                } else {
                    more();
                }
            } else if (thrown != null) {
                ended = true;
                answers.onError(EtcdErrors.of(thrown));
            }
        }

        private synchronized void more() {
            if (!underway && !wanted && !ended && answers.isReady()) {
                wanted = true;
                answers.request(1);
            }
        }

        private synchronized void end() {
            ended = true;
        }

        @Override
        public void onError(Throwable gone) {
            end();
        }

        @Override
        public synchronized void onCompleted() {
            ended = true;
            if (!underway) {
                answers.onCompleted();
            }
        }
    }
}
