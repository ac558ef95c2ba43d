package io.kvorum.controllers.testing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.Informers;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.Timestamps;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Controllers on the API in memory; closes everything at the end of a test. */
public final class ControllerHarness implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final FakeClock clock = new FakeClock();
    private final FakeApi api;

    public ControllerHarness() {
        CompletableFuture<FakeApi> made = new CompletableFuture<>();
        vertx.getOrCreateContext().runOnContext(v -> made.complete(new FakeApi(vertx, clock)));
        try {
            api = made.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public FakeApi api() {
        return api;
    }

    public FakeClock clock() {
        return clock;
    }

    /** Builds controllers and starts them when the caches are filled. */
    @SafeVarargs
    public final void start(Function<ControllerContext, ControlLoop>... loops) {
        await(api.run(() -> {
            Informers informers = InformerFactory.create(vertx, api, clock);
            ControllerContext context =
                    ControllerContext.create(vertx, api, informers, clock, "test", new SimpleMeterRegistry());
            List<ControlLoop> built =
                    List.of(loops).stream().map(each -> each.apply(context)).toList();
            return informers.startAll().onSuccess(v -> built.forEach(ControlLoop::start));
        }));
    }

    public <T extends HasMetadata> T create(T object) {
        @SuppressWarnings("unchecked") // an object's class is the class of its resource
        Class<T> type = (Class<T>) object.getClass();
        return await(api.run(() -> api.resources(type).create(object)));
    }

    /** Lets every pending pod run and be ready on {@code node}, as a scheduler and a kubelet would; on the context. */
    public void runPods(String node) {
        for (Pod pod : api.all(Pod.class)) {
            boolean pending = pod.getStatus() == null || pod.getStatus().getPhase() == null;
            if (pending && pod.getMetadata().getDeletionTimestamp() == null) {
                Pod bound = new PodBuilder(pod)
                        .editSpec()
                        .withNodeName(node)
                        .endSpec()
                        .build();
                api.resources(Pod.class)
                        .update(bound)
                        .compose(stored -> api.resources(Pod.class).updateStatus(ready(stored, "127.0.0.1")));
            }
        }
    }

    public Pod ready(Pod pod, String ip) {
        String now = Timestamps.format(clock.instant());
        return new PodBuilder(pod)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(ip)
                .addNewPodIP(ip)
                .withStartTime(now)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime(now)
                .endCondition()
                .endStatus()
                .build();
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
