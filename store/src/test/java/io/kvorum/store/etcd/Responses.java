package io.kvorum.store.etcd;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a stream sent, in order; takes as many messages as it is told to. */
final class Responses<Q, A> implements ClientResponseObserver<Q, A> {
    private final boolean paused;
    private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    private volatile @Nullable ClientCallStreamObserver<Q> requests;

    /** @param paused takes nothing until {@link #take} is called */
    Responses(boolean paused) {
        this.paused = paused;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
        requests = stream;
        if (paused) {
            stream.disableAutoRequestWithInitial(0);
        }
    }

    void take(int messages) {
        ClientCallStreamObserver<Q> stream = requests;
        if (stream != null) {
            stream.request(messages);
        }
    }

    void cancel() {
        ClientCallStreamObserver<Q> stream = requests;
        if (stream != null) {
            stream.cancel("no longer wanted", null);
        }
    }

    @Override
    public void onNext(A response) {
        seen.add(response);
    }

    @Override
    public void onError(Throwable error) {
        seen.add(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
        seen.add(Status.OK);
    }

    @SuppressWarnings("unchecked")
    A next() throws InterruptedException {
        Object next = seen.poll(15, TimeUnit.SECONDS);
        if (next == null || next instanceof Status) {
            throw new AssertionError("no further response: " + next);
        }
        return (A) next;
    }

    Status end() throws InterruptedException {
        Object next = seen.poll(15, TimeUnit.SECONDS);
        if (next instanceof Status status) {
            return status;
        }
        throw new AssertionError("the stream did not end: " + next);
    }

    boolean isEmpty() {
        return seen.isEmpty();
    }
}
