package io.kvorum.store.raft;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Members inside one process. Pairs can be cut for tests. */
public final class LocalTransport {
    private final Map<String, Port> ports = new ConcurrentHashMap<>();
    private final Set<String> cuts = ConcurrentHashMap.newKeySet();

    /** The transport of one member. */
    public RaftTransport of(String member) {
        return new Port(member);
    }

    /** Drops what {@code from} sends to {@code to} from now on. */
    public void cut(String from, String to) {
        cuts.add(from + ">" + to);
    }

    /** Whether what {@code from} sends to {@code to} is dropped. */
    public boolean isCut(String from, String to) {
        return cuts.contains(from + ">" + to);
    }

    /** Ends one cut. */
    public void mend(String from, String to) {
        cuts.remove(from + ">" + to);
    }

    /** Ends all cuts. */
    public void heal() {
        cuts.clear();
    }

    private final class Port implements RaftTransport {
        private final String member;
        private volatile @Nullable Consumer<byte[]> receiver;
        private volatile @Nullable Consumer<String> onReachable;

        Port(String member) {
            this.member = member;
        }

        @Override
        public void start(Supplier<Incarnation> own, Consumer<byte[]> receiver, Consumer<String> onReachable) {
            this.receiver = receiver;
            this.onReachable = onReachable;
            ports.put(member, this);
            ports.forEach((name, port) -> {
                Consumer<String> theirs = port.onReachable;
                if (port != this && theirs != null) {
                    theirs.accept(member);
                    onReachable.accept(name);
                }
            });
        }

        @Override
        public void send(String to, byte[] message) {
            Port port = ports.get(to);
            Consumer<byte[]> theirs = port == null ? null : port.receiver;
            if (theirs != null && ports.get(member) == this && !isCut(member, to)) {
                theirs.accept(message);
            }
        }

        @Override
        public boolean isReachable(String to) {
            return ports.containsKey(to);
        }

        @Override
        public Future<Void> close() {
            ports.remove(member, this);
            receiver = null;
            return Future.succeededFuture();
        }
    }
}
