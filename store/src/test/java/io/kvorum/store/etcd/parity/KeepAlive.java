package io.kvorum.store.etcd.parity;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.LeaseGrpc;
import io.kvorum.etcd.api.LeaseKeepAliveRequest;
import io.kvorum.etcd.api.LeaseKeepAliveResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One renewal on a stream of its own. */
final class KeepAlive implements StreamObserver<LeaseKeepAliveResponse> {
    private final CompletableFuture<LeaseKeepAliveResponse> answered = new CompletableFuture<>();
    private final Channel channel;

    KeepAlive(Channel channel) {
        this.channel = channel;
    }

    /** Throws {@link StatusRuntimeException} if that is the answer. */
    LeaseKeepAliveResponse renew(LeaseKeepAliveRequest request, long seconds) {
        StreamObserver<LeaseKeepAliveRequest> requests =
                LeaseGrpc.newStub(channel).withWaitForReady().leaseKeepAlive(this);
        requests.onNext(request);
        try {
            LeaseKeepAliveResponse answer = answered.get(seconds, TimeUnit.SECONDS);
            requests.onCompleted();
            return answer;
        } catch (ExecutionException e) {
            throw Status.fromThrowable(e).asRuntimeException();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer to " + Step.text(request), e);
        }
    }

    @Override
    public void onNext(LeaseKeepAliveResponse answer) {
        answered.complete(answer);
    }

    @Override
    public void onError(Throwable error) {
        answered.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
        answered.completeExceptionally(Status.CANCELLED.asException());
    }
}
