package io.kvorum.torture.load;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.CompactionRequest;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.etcd.api.LeaseGrantRequest;
import io.kvorum.etcd.api.LeaseGrantResponse;
import io.kvorum.etcd.api.LeaseGrpc;
import io.kvorum.etcd.api.LeaseKeepAliveRequest;
import io.kvorum.etcd.api.LeaseKeepAliveResponse;
import io.kvorum.etcd.api.LeaseRevokeRequest;
import io.kvorum.etcd.api.LeaseTimeToLiveRequest;
import io.kvorum.etcd.api.LeaseTimeToLiveResponse;
import io.kvorum.etcd.api.MaintenanceGrpc;
import io.kvorum.etcd.api.PutResponse;
import io.kvorum.etcd.api.RangeResponse;
import io.kvorum.etcd.api.StatusRequest;
import io.kvorum.etcd.api.StatusResponse;
import io.kvorum.etcd.api.WatchGrpc;
import io.kvorum.etcd.api.WatchRequest;
import io.kvorum.etcd.api.WatchResponse;
import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Reply;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A connection to one member. Blocking calls, each with a deadline; nothing is repeated. Thread-safe. */
final class MemberConnection implements Closeable {
    private static final int MAX_MESSAGE_BYTES = 64 << 20;
    private static final long KEEP_ALIVE_SECONDS = 10;

    private final ManagedChannel channel;
    private final Duration deadline;

    MemberConnection(Endpoint endpoint, Duration deadline) {
        this.deadline = deadline;
        channel = NettyChannelBuilder.forTarget("dns:///" + endpoint.address())
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(2, TimeUnit.SECONDS)
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** Carries out a call and says what became of it. */
    Fate call(Call call) {
        try {
            if (call instanceof Call.Put put) {
                PutResponse response = kv().put(Wire.put(put));
                return Wire.put(response, response.getHeader().getRevision());
            } else if (call instanceof Call.Delete delete) {
                var response = kv().deleteRange(Wire.delete(delete));
                return Wire.delete(response, response.getHeader().getRevision());
            } else if (call instanceof Call.Range range) {
                RangeResponse response = kv().range(Wire.range(range));
                return Wire.range(response, response.getHeader().getRevision());
            } else if (call instanceof Call.Txn txn) {
                return Wire.txn(kv().txn(Wire.txn(txn)));
            } else if (call instanceof Call.Compact compact) {
                var response = kv().compact(CompactionRequest.newBuilder()
                        .setRevision(compact.revision())
                        .build());
                return new Reply.Compact(response.getHeader().getRevision());
            } else if (call instanceof Call.LeaseGrant grant) {
                return grant(grant);
            } else if (call instanceof Call.LeaseRevoke revoke) {
                var response = lease().leaseRevoke(LeaseRevokeRequest.newBuilder()
                        .setID(revoke.lease())
                        .build());
                return new Reply.LeaseRevoke(response.getHeader().getRevision());
            } else if (call instanceof Call.LeaseTimeToLive timeToLive) {
                return timeToLive(timeToLive);
            } else if (call instanceof Call.LeaseKeepAlive keepAlive) {
                return keepAlive(keepAlive);
            }
            throw new IllegalStateException("unknown call " + call);
        } catch (StatusRuntimeException e) {
            return Wire.fate(e);
        }
    }

    private Reply grant(Call.LeaseGrant grant) {
        LeaseGrantResponse response = lease().leaseGrant(LeaseGrantRequest.newBuilder()
                .setID(grant.lease())
                .setTTL(grant.ttlSeconds())
                .build());
        return new Reply.LeaseGrant(response.getHeader().getRevision(), response.getTTL());
    }

    private Reply timeToLive(Call.LeaseTimeToLive call) {
        LeaseTimeToLiveResponse response = lease().leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                .setID(call.lease())
                .setKeys(call.keys())
                .build());
        List<String> keys = new ArrayList<>();
        response.getKeysList().forEach(key -> keys.add(key.toStringUtf8()));
        return new Reply.LeaseTimeToLive(
                response.getHeader().getRevision(), response.getTTL(), response.getGrantedTTL(), keys);
    }

    /** A stream for one renewal. */
    private Fate keepAlive(Call.LeaseKeepAlive call) {
        CompletableFuture<LeaseKeepAliveResponse> answer = new CompletableFuture<>();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable cause) {
                        answer.completeExceptionally(cause);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(Status.UNKNOWN
                                .withDescription("the stream ended")
                                .asRuntimeException());
                    }
                });
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(call.lease()).build());
        try {
            LeaseKeepAliveResponse response = answer.get(deadline.toMillis() + 1000, TimeUnit.MILLISECONDS);
            requests.onCompleted();
            return new Reply.LeaseKeepAlive(response.getHeader().getRevision(), response.getTTL());
        } catch (ExecutionException e) {
            return e.getCause() instanceof StatusRuntimeException status
                    ? Wire.fate(status)
                    : new Fate.Unknown(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            return new Fate.Unknown("no answer in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Fate.Unknown("interrupted");
        }
    }

    /** Opens a stream of watches; {@code responses} is called one at a time. */
    StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> responses) {
        return WatchGrpc.newStub(channel).watch(responses);
    }

    /** @throws StatusRuntimeException there was no answer */
    StatusResponse status() {
        return MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .status(StatusRequest.getDefaultInstance());
    }

    private KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private LeaseGrpc.LeaseBlockingStub lease() {
        return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }
}
