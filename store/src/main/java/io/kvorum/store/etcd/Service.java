package io.kvorum.store.etcd;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Builds the definition of one service of the API, verb by verb. */
final class Service {
    private final String name;
    private final ServerServiceDefinition.Builder definition;
    private final Function<Throwable, StatusRuntimeException> errors;

    Service(String name) {
        this(name, EtcdErrors::of);
    }

    /** @param errors what is told of a failure */
    Service(String name, Function<Throwable, StatusRuntimeException> errors) {
        this.name = name;
        this.definition = ServerServiceDefinition.builder(name);
        this.errors = errors;
    }

    /** Answers one request; what it throws, or fails with, is told as an error. */
    interface Verb<Q, A> {
        CompletionStage<A> answer(Q request);
    }

    /** One request, one answer. */
    <Q, A> Service unary(MethodDescriptor<Q, A> method, Verb<Q, A> verb) {
        definition.addMethod(Received.by(method), ServerCalls.asyncUnaryCall((asked, observer) -> {
            ignoreCancellation(observer);
            asked.handle(request -> answer(verb, request, observer), observer::onError);
        }));
        return this;
    }

    /** One request, many answers. */
    <Q, A> Service answers(MethodDescriptor<Q, A> method, Stream<Q, A> stream) {
        definition.addMethod(
                Received.by(method),
                ServerCalls.asyncServerStreamingCall((asked, observer) -> asked.handle(
                        request -> stream.open(request, (ServerCallStreamObserver<A>) observer), observer::onError)));
        return this;
    }

    /** Opens a stream of answers. */
    interface Stream<Q, A> {
        void open(Q request, ServerCallStreamObserver<A> answers);
    }

    /** Many requests, many answers. */
    <Q, A> Service both(
            MethodDescriptor<Q, A> method, Function<ServerCallStreamObserver<A>, StreamObserver<Q>> stream) {
        definition.addMethod(
                Received.by(method),
                ServerCalls.asyncBidiStreamingCall(
                        observer -> Received.unpack(stream.apply((ServerCallStreamObserver<A>) observer), observer)));
        return this;
    }

    /** Methods that are not served; their requests are not even read. */
    Service refuse(Status status, String... methods) {
        for (String method : methods) {
            MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(NOTHING, NOTHING)
                    .setType(MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(name, method))
                    .build();
            definition.addMethod(
                    descriptor,
                    ServerCalls.asyncUnaryCall((request, observer) -> observer.onError(status.asRuntimeException())));
        }
        return this;
    }

    ServerServiceDefinition build() {
        return definition.build();
    }

    private <Q, A> void answer(Verb<Q, A> verb, Q request, StreamObserver<A> observer) {
        CompletionStage<A> answered;
        try {
            answered = verb.answer(request);
        } catch (RuntimeException e) {
            observer.onError(errors.apply(e));
            return;
        }
        answered.whenComplete((answer, thrown) -> {
            if (thrown == null) {
                observer.onNext(answer);
                observer.onCompleted();
            } else {
                observer.onError(errors.apply(thrown));
            }
        });
    }

    /** With a handler of its own, an answer to a caller that has gone is dropped instead of thrown back. */
    private static void ignoreCancellation(StreamObserver<?> observer) {
        ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> {});
    }

    private static final MethodDescriptor.Marshaller<byte[]> NOTHING = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    };
}
