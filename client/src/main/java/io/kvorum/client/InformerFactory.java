package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** The shared informers of a process. */
public final class InformerFactory implements Informers {
    private record Part(Class<?> type, ListOptions options) {}

    private final ApiClient client;
    private final Timers timers;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<Part, ListWatchInformer<?>> informers = new HashMap<>();

    InformerFactory(ApiClient client, Timers timers, Clock clock, RandomGenerator random) {
        this.client = client;
        this.timers = timers;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Informers whose handlers are called on the context this is called on.
     *
     * @param clock what the times in log lines are taken from
     */
    public static Informers create(Vertx vertx, ApiClient client, Clock clock) {
        return new InformerFactory(client, Timers.on(vertx), clock, new SplittableRandom());
    }

    @Override
    public <T extends HasMetadata> Informer<T> of(Class<T> type) {
        return of(type, ListOptions.ALL);
    }

    @Override
    @SuppressWarnings("unchecked") // the map holds under a part what this method put there
    public <T extends HasMetadata> Informer<T> of(Class<T> type, ListOptions options) {
        return (Informer<T>) informers.computeIfAbsent(
                new Part(type, options),
                part -> new ListWatchInformer<>(
                        type.getSimpleName(), client.resources(type), options, timers, clock, random));
    }

    @Override
    public Future<Void> startAll() {
        List<Future<?>> synced = new ArrayList<>();
        informers.values().forEach(informer -> synced.add(informer.start()));
        return Future.all(synced).mapEmpty();
    }

    @Override
    public void stopAll() {
        informers.values().forEach(Informer::stop);
    }
}
