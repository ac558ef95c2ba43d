package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListWatchInformerTest {
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(6);

    private final FakeTimers time = new FakeTimers();
    private final FakeResource<Pod> pods = new FakeResource<>(pod -> new PodBuilder(pod).build());
    private final ListWatchInformer<Pod> informer =
            new ListWatchInformer<>("Pod", pods, ListOptions.ALL, time, time, new SplittableRandom(1));
    private final List<String> told = new ArrayList<>();

    {
        informer.index("node", pod -> {
            String node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
            return node == null ? List.of() : List.of(node);
        });
        informer.handler(recorder());
    }

    private Informer.Handler<Pod> recorder() {
        return new Informer.Handler<>() {
            @Override
            public void added(Pod pod) {
                told.add("added " + name(pod));
            }

            @Override
            public void updated(Pod before, Pod after) {
                told.add("updated " + name(after));
            }

            @Override
            public void deleted(Pod pod) {
                told.add("deleted " + name(pod));
            }
        };
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private static Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .build();
    }

    private static Pod onNode(String name, String node) {
        return new PodBuilder(pod(name))
                .withNewSpec()
                .withNodeName(node)
                .endSpec()
                .build();
    }

    @Test
    void listsPageByPageThenWatchesFromTheListsVersion() {
        pods.pageSize = 2;
        for (String name : List.of("a", "b", "c")) {
            pods.put(pod(name));
        }
        assertThat(informer.start().succeeded()).isTrue();
        assertThat(told).containsExactly("added a", "added b", "added c");
        assertThat(pods.lists).hasSize(2);
        assertThat(pods.watch().options().resourceVersion()).isEqualTo("13");
        assertThat(informer.synced()).isTrue();
    }

    @Test
    void nobodyWaitsForWhatIsNotServed() {
        pods.nextListFailure = new ApiException(404, "NotFound", "the server answered 404: 404 page not found", null);
        assertThat(informer.start().succeeded()).isTrue();
        assertThat(informer.synced()).isFalse();
        assertThat(informer.lister().list()).isEmpty();
        pods.put(pod("a"));
        time.advance(Duration.ofSeconds(10));
        assertThat(informer.synced()).isTrue();
        assertThat(told).containsExactly("added a");
    }

    @Test
    void cacheIsUpdatedBeforeHandlersAreCalled() {
        List<Boolean> found = new ArrayList<>();
        informer.handler(
                Informer.Handler.each(pod -> found.add(informer.lister().get(ObjectKey.of(pod)) != null)));
        informer.start();
        Pod stored = pods.put(pod("a"));
        pods.watch().handler().added(stored);
        pods.watch().handler().deleted(stored);
        assertThat(found).containsExactly(true, false);
    }

    @Test
    void watchEventsUpdateCacheIndexesAndHandlers() {
        informer.start();
        pods.watch().handler().added(pods.put(onNode("a", "n1")));
        assertThat(informer.lister().byIndex("node", "n1")).hasSize(1);
        pods.watch().handler().modified(pods.put(onNode("a", "n2")));
        assertThat(informer.lister().byIndex("node", "n1")).isEmpty();
        assertThat(informer.lister().byIndex("node", "n2")).hasSize(1);
        assertThat(informer.lister().inNamespace("ns")).hasSize(1);
        pods.watch().handler().deleted(pods.put(onNode("a", "n2")));
        assertThat(informer.lister().byIndex("node", "n2")).isEmpty();
        assertThat(told).containsExactly("added a", "updated a", "deleted a");
    }

    @Test
    void brokenWatchIsResumedAtTheLastVersionSeen() {
        informer.start();
        pods.watch().handler().added(pods.put(pod("a")));
        pods.watch().handler().bookmark("77");
        pods.watch().handler().closed(ApiException.unavailable("gone"));
        assertThat(pods.watches).hasSize(1);
        time.advance(LONGEST_RETRY);
        assertThat(pods.watches).hasSize(2);
        assertThat(pods.watch().options().resourceVersion()).isEqualTo("77");
        assertThat(pods.lists).hasSize(1);
        assertThat(told).containsExactly("added a");
    }

    @Test
    void watchThatEndedInGoodHealthIsReopenedAtOnce() {
        informer.start();
        time.advance(Duration.ofMinutes(5));
        pods.watch().handler().closed(null);
        assertThat(pods.watches).hasSize(2);
    }

    @Test
    void expiredWatchListsAgainAndTellsTheDifference() {
        pods.put(pod("kept"));
        pods.put(pod("changed"));
        Pod gone = pods.put(pod("gone"));
        informer.start();
        told.clear();
        pods.objects.remove(ObjectKey.of(gone));
        pods.put(pod("changed"));
        pods.put(pod("new"));
        pods.watch().handler().closed(ApiException.expired("too old resource version"));
        assertThat(told).containsExactlyInAnyOrder("updated changed", "added new", "deleted gone");
        assertThat(pods.watch().options().resourceVersion()).isEqualTo(Long.toString(pods.version));
    }

    @Test
    void objectRecreatedDuringAGapIsToldAsDeletedAndAdded() {
        pods.put(pod("a"));
        informer.start();
        told.clear();
        Pod successor = new PodBuilder(pod("a"))
                .editMetadata()
                .withUid("another")
                .endMetadata()
                .build();
        pods.put(successor);
        pods.watch().handler().closed(ApiException.expired("too old resource version"));
        assertThat(told).containsExactly("deleted a", "added a");
    }

    @Test
    void failedListIsRetriedUntilItSucceeds() {
        pods.nextListFailure = ApiException.unavailable("no API server");
        assertThat(informer.start().isComplete()).isFalse();
        time.advance(LONGEST_RETRY);
        assertThat(informer.start().succeeded()).isTrue();
    }

    @Test
    void pagesThatExpireAreListedWithoutPaging() {
        pods.pageSize = 1;
        pods.put(pod("a"));
        pods.put(pod("b"));
        FakeResource<Pod> expiring = new FakeResource<>(pod -> new PodBuilder(pod).build()) {
            @Override
            public Future<ObjectList<Pod>> list(@Nullable String namespace, ListOptions options) {
                return options.continueToken() != null
                        ? Future.failedFuture(ApiException.expired("continue token expired"))
                        : super.list(namespace, options);
            }
        };
        expiring.pageSize = 1;
        expiring.objects.putAll(pods.objects);
        ListWatchInformer<Pod> other =
                new ListWatchInformer<>("Pod", expiring, ListOptions.ALL, time, time, new SplittableRandom(1));
        assertThat(other.start().succeeded()).isTrue();
        assertThat(other.lister().list()).hasSize(2);
    }

    @Test
    void eventsOfAnOldWatchAreIgnored() {
        informer.start();
        WatchHandler<Pod> old = pods.watch().handler();
        old.closed(ApiException.unavailable("gone"));
        time.advance(LONGEST_RETRY);
        old.added(pods.put(pod("late")));
        old.closed(null);
        assertThat(told).isEmpty();
        assertThat(pods.watches).hasSize(2);
    }

    @Test
    void lateHandlerGetsWhatIsCached() {
        pods.put(pod("a"));
        informer.start();
        told.clear();
        informer.handler(recorder());
        assertThat(told).containsExactly("added a");
    }

    @Test
    void aFailingHandlerDoesNotKeepTheNewsFromOthers() {
        informer.handler(Informer.Handler.each(pod -> {
            throw new IllegalStateException("defect");
        }));
        List<String> others = new ArrayList<>();
        informer.handler(Informer.Handler.each(pod -> others.add(name(pod))));
        informer.start();
        pods.watch().handler().added(pods.put(pod("a")));
        assertThat(others).containsExactly("a");
    }

    @Test
    void stoppedInformerClosesItsWatchAndIsSilent() {
        informer.start();
        FakeResource.OpenWatch<Pod> watch = pods.watch();
        informer.stop();
        assertThat(watch.closed()[0]).isTrue();
        watch.handler().added(pods.put(pod("a")));
        time.advance(Duration.ofMinutes(1));
        assertThat(told).isEmpty();
        assertThat(pods.watches).hasSize(1);
        assertThat(time.waiting()).isZero();
    }
}
