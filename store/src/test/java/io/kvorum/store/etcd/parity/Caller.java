package io.kvorum.store.etcd.parity;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.kvorum.etcd.api.HashKVResponse;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.etcd.api.LeaseKeepAliveRequest;
import io.kvorum.etcd.api.LeaseLeasesResponse;
import io.kvorum.etcd.api.LeaseStatus;
import io.kvorum.etcd.api.LeaseTimeToLiveResponse;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.ResponseHeader;
import io.kvorum.etcd.api.WatchRequest;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Plays a conversation to a server, one call after the other. */
final class Caller implements AutoCloseable {
    private static final long CALL_SECONDS = 20;

    private final ManagedChannel channel;
    private final long quietMillis;
    private final Map<Integer, Tap> taps = new TreeMap<>();
    private long revision = 1;

    /**
     * @param address {@code host:port}
     * @param quietMillis for a server that tells the past to a new watcher in its own time: how long it is silent when it
     *     has told all
     */
    Caller(String address, long quietMillis) {
        this.channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
        this.quietMillis = quietMillis;
    }

    /** The newest revision that was heard of. */
    long revision() {
        return revision;
    }

    /** What the server answers; errors as {@code CODE: text}. */
    String play(Step step) {
        return switch (step.verb()) {
            case WATCH -> watch(step);
            case SETTLE -> settle();
            case CLOSE -> close(step.stream());
            default -> call(step);
        };
    }

    private String call(Step step) {
        try {
            Message answer = normal(answer(step));
            return Step.text(answer);
        } catch (StatusRuntimeException e) {
            Status status = e.getStatus();
            return status.getCode() + ": " + status.getDescription();
        }
    }

    private Message answer(Step step) {
        CallOptions options = CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
        if (step.verb() != Verb.KEEP_ALIVE) {
            return ClientCalls.blockingUnaryCall(channel, step.verb().method(), options, step.request());
        }
        return new KeepAlive(channel).renew((LeaseKeepAliveRequest) step.request(), CALL_SECONDS);
    }

    /** Without what is the server's own. */
    private Message normal(Message message) {
        if (message instanceof ResponseHeader header) {
            revision = Math.max(revision, header.getRevision());
            return ResponseHeader.newBuilder().setRevision(header.getRevision()).build();
        }
        if (message instanceof LeaseTimeToLiveResponse lease) {
            message = lease.toBuilder()
                    .setTTL(Math.min(1, lease.getTTL()))
                    .clearKeys()
                    .addAllKeys(lease.getKeysList().stream()
                            .sorted(ByteString.unsignedLexicographicalComparator())
                            .toList())
                    .build();
        } else if (message instanceof HashKVResponse hash) {
            message = hash.toBuilder().clearHash().build();
        } else if (message instanceof LeaseLeasesResponse leases) {
            message = leases.toBuilder()
                    .clearLeases()
                    .addAllLeases(leases.getLeasesList().stream()
                            .sorted(Comparator.comparingLong(LeaseStatus::getID))
                            .toList())
                    .build();
        }
        Message.Builder normal = message.toBuilder();
        message.getAllFields().forEach((field, value) -> normal.setField(field, normal(field, value)));
        return normal.build();
    }

    private Object normal(FieldDescriptor field, Object value) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return value;
        }
        return value instanceof List<?> list
                ? list.stream().map(one -> normal((Message) one)).toList()
                : normal((Message) value);
    }

    private String watch(Step step) {
        taps.computeIfAbsent(step.stream(), any -> new Tap(channel)).send((WatchRequest) step.request());
        return "";
    }

    private String settle() {
        if (!taps.isEmpty()) {
            revision = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .put(PutRequest.newBuilder().setKey(Tap.SENTINEL).build())
                    .getHeader()
                    .getRevision();
            taps.values().forEach(tap -> tap.settle(revision, quietMillis));
        }
        return "";
    }

    private String close(int stream) {
        settle();
        Tap tap = taps.remove(stream);
        if (tap == null) {
            return "";
        }
        tap.end();
        return tap.told();
    }

    @Override
    public void close() throws InterruptedException {
        Iterator<Tap> open = taps.values().iterator();
        while (open.hasNext()) {
            open.next().end();
        }
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
    }
}
