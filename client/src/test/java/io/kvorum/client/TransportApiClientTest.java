package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransportApiClientTest {
    private final FakeTimers time = new FakeTimers();
    private final List<String> sent = new ArrayList<>();
    private final ArrayDeque<Future<Transport.Answer>> answers = new ArrayDeque<>();
    private Transport.@Nullable Frames frames;
    private boolean streamClosed;
    private final TransportApiClient client = new TransportApiClient(
            (method, uri, type, body, timeout, receiver) -> {
                sent.add(method + " " + uri);
                frames = receiver;
                return answers.remove();
            },
            time,
            new SplittableRandom(3));

    private void answer(int status, String body) {
        answers.add(Future.succeededFuture(new Transport.Answer(status, Buffer.buffer(body), null, null)));
    }

    private void noAnswer() {
        answers.add(Future.failedFuture(new Transport.Unavailable("no API server answered", true)));
    }

    @Test
    void pathsFollowFromTheModelClasses() {
        assertThat(path(Pod.class)).isEqualTo("/api/v1/pods");
        assertThat(path(Node.class)).isEqualTo("/api/v1/nodes");
        assertThat(path(Namespace.class)).isEqualTo("/api/v1/namespaces");
        assertThat(path(Endpoints.class)).isEqualTo("/api/v1/endpoints");
        assertThat(path(Event.class)).isEqualTo("/api/v1/events");
        assertThat(path(ReplicaSet.class)).isEqualTo("/apis/apps/v1/replicasets");
        assertThat(path(EndpointSlice.class)).isEqualTo("/apis/discovery.k8s.io/v1/endpointslices");
        assertThat(path(Lease.class)).isEqualTo("/apis/coordination.k8s.io/v1/leases");
        assertThat(path(Ingress.class)).isEqualTo("/apis/networking.k8s.io/v1/ingresses");
        assertThat(path(NetworkPolicy.class)).isEqualTo("/apis/networking.k8s.io/v1/networkpolicies");
        assertThat(path(PriorityClass.class)).isEqualTo("/apis/scheduling.k8s.io/v1/priorityclasses");
        assertThat(path(StorageClass.class)).isEqualTo("/apis/storage.k8s.io/v1/storageclasses");
    }

    private String path(Class<? extends HasMetadata> type) {
        sent.clear();
        answer(200, "{\"items\":[],\"metadata\":{\"resourceVersion\":\"5\"}}");
        client.resources(type).list(null, ListOptions.ALL);
        return sent.get(0).substring("GET ".length());
    }

    @Test
    void listReadsItemsVersionAndToken() {
        answer(
                200,
                "{\"kind\":\"PodList\",\"extra\":{\"a\":[1]},\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"t\"},"
                        + "\"items\":[{\"metadata\":{\"name\":\"a\"}},{\"metadata\":{\"name\":\"b\"}}]}");
        ObjectList<Pod> list = client.resources(Pod.class)
                .list("ns", new ListOptions("a=b,c in (d)", null, null, 2, null))
                .result();
        assertThat(sent).containsExactly("GET /api/v1/namespaces/ns/pods?labelSelector=a%3Db%2Cc+in+%28d%29&limit=2");
        assertThat(list.items()).extracting(pod -> pod.getMetadata().getName()).containsExactly("a", "b");
        assertThat(list.resourceVersion()).isEqualTo("7");
        assertThat(list.continueToken()).isEqualTo("t");
    }

    @Test
    void readsAreRetriedWritesAreNot() {
        noAnswer();
        answer(503, "");
        answer(200, "{\"metadata\":{\"name\":\"a\"}}");
        Future<Pod> got = client.resources(Pod.class).get("ns", "a");
        time.advance(Duration.ofSeconds(5));
        assertThat(got.result().getMetadata().getName()).isEqualTo("a");
        assertThat(sent).hasSize(3);

        sent.clear();
        noAnswer();
        Future<Pod> created = client.resources(Pod.class).create(pod());
        time.advance(Duration.ofMinutes(1));
        assertThat(sent).hasSize(1);
        assertThat(((ApiException) created.cause()).code()).isEqualTo(504);
    }

    @Test
    void readsGiveUpAtTheirDeadline() {
        for (int i = 0; i < 1000; i++) {
            noAnswer();
        }
        Future<Pod> got = client.resources(Pod.class).get("ns", "a");
        time.advance(TransportApiClient.READ_TOTAL.plusSeconds(1));
        assertThat(got.failed()).isTrue();
        assertThat(time.waiting()).isZero();
    }

    @Test
    void statusBecomesTheExceptionItStandsFor() {
        answer(
                409,
                "{\"kind\":\"Status\",\"code\":409,\"reason\":\"Conflict\",\"message\":\"modified\","
                        + "\"details\":{\"name\":\"a\",\"kind\":\"pods\",\"causes\":[{\"reason\":\"r\",\"message\":\"m\",\"field\":\"f\"}]}}");
        ApiException e =
                (ApiException) client.resources(Pod.class).update(pod()).cause();
        assertThat(e.conflict()).isTrue();
        assertThat(e.getMessage()).isEqualTo("modified");
        assertThat(Objects.requireNonNull(e.details()).causes()).containsExactly(new ApiException.Cause("r", "m", "f"));
    }

    @Test
    void answerThatIsNoStatusIsToldAsItIs() {
        answer(403, "go away");
        ApiException e =
                (ApiException) client.resources(Pod.class).get("ns", "a").cause();
        assertThat(e.reason()).isEqualTo("Forbidden");
        assertThat(e.getMessage()).contains("go away");
    }

    @Test
    void watchDeliversEventsThenItsEnd() {
        Recorder recorder = watch();
        frames().frame(Buffer.buffer("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}"));
        frames().frame(Buffer.buffer("{\"object\":{\"metadata\":{\"name\":\"a\"}},\"type\":\"MODIFIED\"}"));
        frames().frame(Buffer.buffer(
                "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"9\"}}}"));
        frames().frame(
                        Buffer.buffer(
                                "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"old\"}}"));
        frames().end(null);
        assertThat(recorder.told).containsExactly("added a", "modified a", "bookmark 9", "closed 410");
        assertThat(streamClosed).isTrue();
        assertThat(sent.get(0))
                .startsWith("GET /api/v1/pods?resourceVersion=5&watch=true&allowWatchBookmarks=true&timeoutSeconds=");
    }

    @Test
    void watchThatOutlivesItsAgreedEndIsTakenForDead() {
        Recorder recorder = watch();
        time.advance(Duration.ofMinutes(11));
        assertThat(recorder.told).containsExactly("closed 504");
        assertThat(streamClosed).isTrue();
    }

    @Test
    void leaseTimesKeepTheirMicroseconds() {
        ZonedDateTime when = ZonedDateTime.of(2026, 11, 23, 1, 2, 3, 120_000, ZoneOffset.UTC);
        Lease lease =
                new LeaseBuilder().withNewSpec().withRenewTime(when).endSpec().build();
        Buffer json = KubernetesJson.write(lease);
        assertThat(json.toString()).contains("\"renewTime\":\"2026-11-23T01:02:03.000120Z\"");
        assertThat(KubernetesJson.read(json, Lease.class).getSpec().getRenewTime())
                .isEqualTo(when);
    }

    private Recorder watch() {
        answers.add(
                Future.succeededFuture(new Transport.Answer(200, Buffer.buffer(), null, () -> streamClosed = true)));
        Recorder recorder = new Recorder();
        client.resources(Pod.class).watch(null, ListOptions.ALL.from("5"), recorder);
        return recorder;
    }

    private Transport.Frames frames() {
        if (frames == null) {
            throw new AssertionError("no watch was opened");
        }
        return frames;
    }

    private static Pod pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("a")
                .endMetadata()
                .build();
    }

    private static final class Recorder implements WatchHandler<Pod> {
        private final List<String> told = new ArrayList<>();

        @Override
        public void added(Pod pod) {
            told.add("added " + pod.getMetadata().getName());
        }

        @Override
        public void modified(Pod pod) {
            told.add("modified " + pod.getMetadata().getName());
        }

        @Override
        public void deleted(Pod pod) {
            told.add("deleted " + pod.getMetadata().getName());
        }

        @Override
        public void bookmark(String resourceVersion) {
            told.add("bookmark " + resourceVersion);
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            told.add("closed " + (cause instanceof ApiException e ? e.code() : String.valueOf(cause)));
        }
    }
}
