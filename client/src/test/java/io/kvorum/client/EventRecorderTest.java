package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
    private final FakeTimers time = new FakeTimers();
    private final List<String> patches = new ArrayList<>();
    private @Nullable Promise<Void> slowCreate;
    private final FakeResource<Event> events = new FakeResource<>(event -> new EventBuilder(event).build()) {
        @Override
        public Future<Event> create(Event object) {
            Future<Event> created = super.create(object);
            return slowCreate == null ? created : slowCreate.future().compose(v -> created);
        }

        @Override
        public Future<Event> patch(
                @Nullable String namespace, String name, PatchType type, String patch, @Nullable String subresource) {
            if (!objects.containsKey(new ObjectKey("ns", name))) {
                return Future.failedFuture(ApiException.notFound("", "events", name));
            }
            patches.add(patch);
            return get(namespace, name);
        }
    };
    private final EventRecorder recorder =
            EventRecorder.create(new FakeApiClient(events), "kubelet", "node-1", time, time);
    private final Pod pod = pod("web");

    private static Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .build();
    }

    private Event only() {
        assertThat(events.objects).hasSize(1);
        return events.objects.values().iterator().next();
    }

    @Test
    void eventTellsAboutItsObject() {
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        Event event = only();
        assertThat(event.getMetadata().getNamespace()).isEqualTo("ns");
        assertThat(event.getMetadata().getName()).startsWith("web.");
        assertThat(event.getInvolvedObject().getUid()).isEqualTo("uid-web");
        assertThat(event.getInvolvedObject().getKind()).isEqualTo("Pod");
        assertThat(event.getSource().getComponent()).isEqualTo("kubelet");
        assertThat(event.getSource().getHost()).isEqualTo("node-1");
        assertThat(event.getCount()).isEqualTo(1);
        assertThat(event.getFirstTimestamp()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void repeatsAreCounted() {
        recorder.event(pod, "Warning", "BackOff", "again");
        time.advance(Duration.ofSeconds(7));
        recorder.event(pod, "Warning", "BackOff", "again");
        only();
        assertThat(patches).containsExactly("{\"count\":2,\"lastTimestamp\":\"2026-01-01T00:00:07Z\"}");
        recorder.event(pod, "Warning", "BackOff", "something else");
        assertThat(events.objects).hasSize(2);
    }

    @Test
    void repeatsDuringAWriteAreWrittenOnceAfterIt() {
        slowCreate = Promise.promise();
        for (int i = 0; i < 5; i++) {
            recorder.event(pod, "Warning", "BackOff", "again");
        }
        slowCreate.complete();
        only();
        assertThat(patches).containsExactly("{\"count\":5,\"lastTimestamp\":\"2026-01-01T00:00:00Z\"}");
    }

    @Test
    void eventWhoseTimeToLiveIsOverIsRecordedAnew() {
        recorder.event(pod, "Warning", "BackOff", "again");
        events.objects.clear();
        recorder.event(pod, "Warning", "BackOff", "again");
        assertThat(only().getCount()).isEqualTo(2);
    }

    @Test
    void oneObjectIsLimitedOthersAreNot() {
        for (int i = 0; i < 40; i++) {
            recorder.event(pod, "Normal", "Chatter", "note " + i);
        }
        assertThat(events.objects).hasSize(25);
        recorder.event(pod("other"), "Normal", "Pulled", "Image pulled");
        assertThat(events.objects).hasSize(26);
        time.advance(Duration.ofMinutes(5));
        recorder.event(pod, "Normal", "Chatter", "later");
        assertThat(events.objects).hasSize(27);
    }

    @Test
    void anEventIsTriedAgainUntilAnApiServerTakesIt() {
        events.failure = ApiException.unavailable("no API server");
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        time.advance(Duration.ofSeconds(1));
        assertThat(events.objects).isEmpty();
        events.failure = null;
        time.advance(Duration.ofSeconds(10));
        assertThat(only().getCount()).isEqualTo(1);
        assertThat(patches).containsExactly("{\"count\":2,\"lastTimestamp\":\"2026-01-01T00:00:00Z\"}");
        assertThat(time.waiting()).isZero();
    }

    @Test
    void anEventWhoseAnswerWasLostIsRecordedOnce() {
        events.failure = ApiException.unavailable("the connection broke off");
        events.answersAreLost = true;
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        events.failure = null;
        time.advance(Duration.ofSeconds(10));
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        only();
        assertThat(patches).hasSize(1);
    }

    @Test
    void whatIsNeverTakenIsGivenUp() {
        events.failure = ApiException.unavailable("no API server");
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        time.advance(Duration.ofMinutes(2));
        assertThat(time.waiting()).isZero();
    }

    @Test
    void failureIsNoConcernOfTheCaller() {
        events.failure = ApiException.badRequest("no such namespace");
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        assertThat(time.waiting()).isZero();
        events.failure = null;
        recorder.event(pod, "Normal", "Pulled", "Image pulled");
        assertThat(only().getCount()).isEqualTo(2);
    }
}
