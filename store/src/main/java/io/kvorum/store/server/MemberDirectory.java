package io.kvorum.store.server;

import io.kvorum.bus.BusAddress;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.store.protocol.MemberEndpoints;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.raft.Replica;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Where the members of the group can be reached: each is asked, and what it said last stands while it is away. */
public final class MemberDirectory {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final MemberEndpoints UNKNOWN = new MemberEndpoints("", "");

    private final Context context;
    private final BusClient bus;
    private final Replica own;
    private final Set<String> here;
    private final Map<String, MemberEndpoints> known = new ConcurrentHashMap<>();

    /** @param here the members in this process, which need not be asked */
    public MemberDirectory(Vertx vertx, BusClient bus, Replica own, Set<String> here, MemberEndpoints ownEndpoints) {
        this.context = vertx.getOrCreateContext();
        this.bus = bus;
        this.own = own;
        this.here = Set.copyOf(here);
        known.put(own.name(), ownEndpoints);
    }

    /** The endpoints of this member. */
    MemberEndpoints own() {
        return known.getOrDefault(own.name(), UNKNOWN);
    }

    /** All members with their endpoints, empty ones where nothing is known. Any thread; never fails. */
    public CompletableFuture<Map<String, MemberEndpoints>> all() {
        Promise<Map<String, MemberEndpoints>> answered = Promise.promise();
        context.runOnContext(v -> askAll().onComplete(answered));
        return answered.future().toCompletionStage().toCompletableFuture();
    }

    private Future<Map<String, MemberEndpoints>> askAll() {
        List<Future<?>> asked = new ArrayList<>();
        for (String name : own.members()) {
            if (!here.contains(name)) {
                asked.add(ask(name));
            }
        }
        return Future.join(asked).otherwiseEmpty().map(done -> {
            Map<String, MemberEndpoints> all = new LinkedHashMap<>();
            own.members().forEach(name -> all.put(name, known.getOrDefault(name, UNKNOWN)));
            return all;
        });
    }

    private Future<?> ask(String name) {
        return bus.send(
                        BusAddress.instance(StoreProtocol.ROLE, name),
                        BusRequest.get(StoreProtocol.ENDPOINTS, PATIENCE))
                .onSuccess(reply -> learn(name, reply));
    }

    private void learn(String name, BusReply reply) {
        if (reply.status() == 200) {
            known.put(name, MemberEndpoints.decode(reply.body().getBytes()));
        }
    }
}
