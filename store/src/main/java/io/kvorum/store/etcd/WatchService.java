package io.kvorum.store.etcd;

import io.grpc.ServerServiceDefinition;
import io.kvorum.etcd.api.WatchGrpc;
import io.kvorum.store.watch.WatchHub;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Streams of watchers. */
final class WatchService {
    private final WatchHub hub;
    private final Identities ids;
    private final Set<WatchStream> open = ConcurrentHashMap.newKeySet();

    WatchService(WatchHub hub, Identities ids) {
        this.hub = hub;
        this.ids = ids;
    }

    ServerServiceDefinition definition() {
        return new Service(WatchGrpc.SERVICE_NAME)
                .both(WatchGrpc.getWatchMethod(), responses -> {
                    WatchStream stream = new WatchStream(hub, ids, responses, LeaderRequired.asked(), open::remove);
                    open.add(stream);
                    return stream;
                })
                .build();
    }

    /** Ends the streams whose clients do not want them without a leader. */
    void leaderLost() {
        open.stream().filter(WatchStream::needsLeader).toList().forEach(stream -> stream.fail(EtcdErrors.NO_LEADER));
    }

    /** Ends all streams. */
    void stop() {
        List.copyOf(open).forEach(stream -> stream.fail(EtcdErrors.STOPPED));
    }
}
