package io.kvorum.scheduler;

import static io.kvorum.scheduler.Objects.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kvorum.client.EventRecorder;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.plugins.DefaultBinder;
import io.kvorum.scheduler.plugins.DefaultPlugins;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** How many pods a second of CPU time are decided over 1,000 nodes, without any API. Run with {@code -Dkvorum.benchmark=true}; prints, and asserts only that all were bound. */
@EnabledIfSystemProperty(named = "kvorum.benchmark", matches = "true")
class ThroughputTest {
    private static final int NODES = 1000;
    private static final int PODS = 5000;

    private static void measure(String what, Function<PodBuilder, PodBuilder> kind) {
        FakeCluster cluster = new FakeCluster();
        Scheduler scheduler = new Scheduler(new Scheduler.Parts(
                "default-scheduler",
                cluster,
                cluster.resources(Pod.class),
                new Framework(DefaultPlugins.create(new SplittableRandom(1)), new SplittableRandom(1)),
                List.of(),
                new DefaultBinder(cluster.resources(Pod.class)),
                EventRecorder.create(cluster, "default-scheduler", "", Clock.systemUTC(), cluster),
                cluster,
                Clock.systemUTC(),
                () -> true));
        for (int i = 0; i < NODES; i++) {
            cluster.put(node("n" + i)
                    .editMetadata()
                    .addToLabels("topology.kubernetes.io/zone", "z" + i % 3)
                    .endMetadata()
                    .build());
        }
        Service service = new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withSelector(Map.of("app", "web"))
                .endSpec()
                .build();
        cluster.put(service);
        for (int i = 0; i < PODS; i++) {
            PodBuilder pod = new PodBuilder(
                            Objects.pod("p" + i, "100m", "100Mi").build())
                    .editMetadata()
                    .withLabels(Map.of("app", "web"))
                    .endMetadata();
            cluster.put(kind.apply(pod).build());
        }
        scheduler.resume();
        // The CPU's time, not the clock's: others may use the machine too.
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        while (cluster.bindings.size() < PODS) {
            int before = cluster.bindings.size();
            cluster.advance(Duration.ofMillis(100));
            assertThat(cluster.bindings.size()).as(what).isGreaterThan(before);
        }
        double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
        System.out.println(String.format(
                Locale.ROOT, "%-40s %6.0f pods per CPU second (%d pods, %d nodes)", what, PODS / seconds, PODS, NODES));
    }

    @Test
    void podsASecond() {
        for (int round = 0; round < 2; round++) {
            measure("plain (spread by the system's default)", pod -> pod);
            measure(
                    "zone spread, DoNotSchedule",
                    pod -> Specs.spreading(pod, Specs.spread(1, "topology.kubernetes.io/zone", "app", "web")));
            measure(
                    "preferred anti-affinity by node",
                    pod -> Specs.ratherFar(pod, 100, Specs.term("app", "web", "kubernetes.io/hostname")));
            measure(
                    "required affinity by zone",
                    pod -> Specs.near(pod, Specs.term("app", "web", "topology.kubernetes.io/zone")));
        }
    }
}
