package io.kvorum.client;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records core/v1 Events about objects. An event that was recorded before (same object, type, reason and note) gets its
 * count and last time patched; events about one object are limited as in client-go to 25 at once and then one every
 * five minutes. What no API server takes is tried again, 12 times in all as in client-go. Never blocks and never fails
 * its caller: what cannot be recorded is logged and dropped. Belongs to one context.
 */
public final class EventRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final int REMEMBERED = 4096;
    private static final int MAX_IN_FLIGHT = 512;
    private static final double BURST = 25;
    private static final double REFILL_PER_SECOND = 1.0 / 300;
    private static final int MOST_TRIES = 12;
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
    /** Longest note the API takes, in characters. */
    private static final int MAX_NOTE = 1024;

    private record Key(
            String uid,
            String kind,
            String namespace,
            String name,
            String type,
            String reason,
            String note,
            String fieldPath) {}

    /** An event that was recorded, or is just being. */
    private static final class Recorded {
        private int count;
        private final String first;
        private String last;
        private @Nullable String eventName;
        private boolean writing;
        private boolean stale;

        Recorded(String now) {
            this.first = now;
            this.last = now;
        }
    }

    private static final class Bucket {
        private double tokens = BURST;
        private Instant filled;

        Bucket(Instant now) {
            this.filled = now;
        }

        boolean take(Instant now) {
            // A wall clock may step back; that must not drain the bucket.
            double seconds = Math.max(0, ChronoUnit.MILLIS.between(filled, now) / 1000.0);
            tokens = Math.min(BURST, tokens + seconds * REFILL_PER_SECOND);
            filled = now;
            if (tokens < 1) {
                return false;
            }
            tokens -= 1;
            return true;
        }
    }

    private final ResourceClient<Event> events;
    private final String component;
    private final String host;
    private final Clock clock;
    private final Timers timers;
    private final Map<Key, Recorded> recorded = lru();
    private final Map<String, Bucket> buckets = lru();
    private int inFlight;
    private long sequence;

    private EventRecorder(ApiClient client, String component, String host, Clock clock, Timers timers) {
        this.events = client.resources(Event.class);
        this.component = component;
        this.host = host;
        this.clock = clock;
        this.timers = timers;
    }

    /**
     * @param component what {@code source.component} is, for example {@code kubelet}
     * @param host what {@code source.host} is: the node's name, or empty
     * @param clock for the events' times
     */
    public static EventRecorder create(ApiClient client, String component, String host, Clock clock, Timers timers) {
        return new EventRecorder(client, component, host, clock, timers);
    }

    /** @param type {@code Normal} or {@code Warning}; {@code reason} in CamelCase; {@code note} for people */
    public void event(HasMetadata about, String type, String reason, String note) {
        event(reference(about), type, reason, note);
    }

    /** As {@link #event(HasMetadata, String, String, String)}, about a part of an object named by {@code fieldPath}. */
    public void event(ObjectReference about, String type, String reason, String note) {
        String text = note.length() > MAX_NOTE ? note.substring(0, MAX_NOTE) : note;
        Key key = new Key(
                orEmpty(about.getUid()),
                orEmpty(about.getKind()),
                orEmpty(about.getNamespace()),
                orEmpty(about.getName()),
                type,
                reason,
                text,
                orEmpty(about.getFieldPath()));
        Instant now = clock.instant();
        String subject = key.kind + "/" + key.namespace + "/" + key.name + "/" + key.uid;
        if (!buckets.computeIfAbsent(subject, s -> new Bucket(now)).take(now)) {
            LOG.debug("event over its limit object={} reason={}", subject, reason);
            return;
        }
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        Recorded entry = recorded.computeIfAbsent(key, k -> new Recorded(time));
        entry.count++;
        entry.last = time;
        if (entry.writing) {
            entry.stale = true;
        } else {
            write(key, entry, about);
        }
    }

    public static ObjectReference reference(HasMetadata object) {
        return new ObjectReferenceBuilder()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .build();
    }

    private void write(Key key, Recorded entry, ObjectReference about) {
        if (inFlight >= MAX_IN_FLIGHT) {
            LOG.warn("event dropped: too many under way object={} reason={}", key.name, key.reason);
            return;
        }
        inFlight++;
        entry.writing = true;
        entry.stale = false;
        Event first = entry.eventName == null ? event(key, entry, about) : null;
        Supplier<Future<Event>> attempt = first != null ? () -> events.create(first) : () -> patch(key, entry, about);
        attempt(attempt, first, 1, new Backoff(FIRST_DELAY, 2, LONGEST_DELAY, RandomGenerator.getDefault()))
                .onComplete(done -> {
                    inFlight--;
                    entry.writing = false;
                    if (done.failed()) {
                        LOG.warn(
                                "event not recorded object={} reason={} cause={}",
                                key.name,
                                key.reason,
                                done.cause().getMessage());
                    } else {
                        entry.eventName = done.result().getMetadata().getName();
                        if (entry.stale) {
                            write(key, entry, about);
                        }
                    }
                });
    }

    /** @param created what is to be created; null when something is patched */
    private Future<Event> attempt(
            Supplier<Future<Event>> attempt, @Nullable Event created, int tries, Backoff backoff) {
        return attempt.get().recover(cause -> {
            if (created != null && tries > 1 && cause instanceof ApiException refused && refused.alreadyExists()) {
                // An earlier try got through; its answer was lost.
                return Future.succeededFuture(created);
            }
            if (tries >= MOST_TRIES || !passing(cause)) {
                return Future.failedFuture(cause);
            }
            Promise<Void> rested = Promise.promise();
            timers.after(backoff.next(), rested::complete);
            return rested.future().compose(v -> attempt(attempt, created, tries + 1, backoff));
        });
    }

    /** Whether the same request may fare better later. */
    private static boolean passing(Throwable cause) {
        return !(cause instanceof ApiException refused) || refused.code() >= 500 || refused.code() == 429;
    }

    private Event event(Key key, Recorded entry, ObjectReference about) {
        String namespace = namespace(about);
        long stamp = Math.addExact(
                Math.multiplyExact(clock.instant().getEpochSecond(), 1_000_000_000L),
                clock.instant().getNano());
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(about.getName() + "." + Long.toHexString(stamp + sequence++))
                .endMetadata()
                .withInvolvedObject(about)
                .withType(key.type)
                .withReason(key.reason)
                .withMessage(key.note)
                .withNewSource(component, host.isEmpty() ? null : host)
                .withReportingComponent(component)
                .withReportingInstance(host)
                .withFirstTimestamp(entry.first)
                .withLastTimestamp(entry.last)
                .withCount(entry.count)
                .build();
    }

    private Future<Event> patch(Key key, Recorded entry, ObjectReference about) {
        String patch = "{\"count\":" + entry.count + ",\"lastTimestamp\":\"" + entry.last + "\"}";
        return events.patch(namespace(about), String.valueOf(entry.eventName), PatchType.STRATEGIC, patch, null)
                .recover(cause -> cause instanceof ApiException e && e.notFound()
                        // Its time to live is over: record it anew.
                        ? events.create(event(key, entry, about))
                        : Future.failedFuture(cause));
    }

    /** Events about cluster-scoped objects live in {@code default}. */
    private static String namespace(ObjectReference about) {
        String namespace = orEmpty(about.getNamespace());
        return namespace.isEmpty() ? "default" : namespace;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static <K, V> Map<K, V> lru() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }
}
