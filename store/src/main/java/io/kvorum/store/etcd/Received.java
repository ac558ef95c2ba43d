package io.kvorum.store.etcd;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What came as a request: a message, or bytes that are none. By itself grpc-java answers those with UNKNOWN; etcd's
 * clients are used to INTERNAL.
 */
final class Received<Q> {
    private final @Nullable Q message;
    private final @Nullable StatusRuntimeException malformed;

    private Received(@Nullable Q message, @Nullable StatusRuntimeException malformed) {
        this.message = message;
        this.malformed = malformed;
    }

    /** The method, its requests taken as they come. */
    static <Q, A> MethodDescriptor<Received<Q>, A> by(MethodDescriptor<Q, A> method) {
        return method.toBuilder(new Marshaller<>(method.getRequestMarshaller()), method.getResponseMarshaller())
                .build();
    }

    /** Hands the message over, or why there is none. */
    void handle(Consumer<Q> taker, Consumer<StatusRuntimeException> refuser) {
        if (message != null) {
            taker.accept(message);
        } else if (malformed != null) {
            refuser.accept(malformed);
        }
    }

    /** Passes messages on; the first that is none ends the stream. */
    static <Q, A> StreamObserver<Received<Q>> unpack(StreamObserver<Q> requests, StreamObserver<A> answers) {
        return new StreamObserver<>() {
            private boolean over;

            @Override
            public void onNext(Received<Q> received) {
                if (!over) {
                    received.handle(requests::onNext, this::end);
                }
            }

            private void end(StatusRuntimeException malformed) {
                over = true;
                requests.onError(malformed);
                answers.onError(malformed);
            }

            @Override
            public void onError(Throwable gone) {
                if (!over) {
                    requests.onError(gone);
                }
            }

            @Override
            public void onCompleted() {
                if (!over) {
                    requests.onCompleted();
                }
            }
        };
    }

    private record Marshaller<Q>(MethodDescriptor.Marshaller<Q> messages)
            implements MethodDescriptor.Marshaller<Received<Q>> {
        @Override
        public InputStream stream(Received<Q> received) {
            throw new UnsupportedOperationException("requests are not sent from here");
        }

        @Override
        public Received<Q> parse(InputStream bytes) {
            try {
                return new Received<>(messages.parse(bytes), null);
            } catch (StatusRuntimeException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                return new Received<>(
                        null,
                        Status.INTERNAL
                                .withDescription("grpc: error unmarshalling request: " + cause.getMessage())
                                .asRuntimeException());
            }
        }
    }
}
