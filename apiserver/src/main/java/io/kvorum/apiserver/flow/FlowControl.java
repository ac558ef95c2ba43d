package io.kvorum.apiserver.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets requests in by their flow: at once, after a wait, or not (429). Follows the FlowSchemas and priority levels that are
 * stored. Seats are those of this server; levels lend each other none. What the event loop can do in a {@link Turn} is shared
 * by the same queues. Belongs to one event loop.
 */
public final class FlowControl {
    static final String GROUP = "flowcontrol.apiserver.k8s.io";
    static final String SCHEMAS = GROUP + "/flowschemas";
    static final String LEVELS = GROUP + "/prioritylevelconfigurations";
    private static final long MOST_WAIT_MILLIS = 15_000;
    private static final int OBJECTS_PER_SEAT = 100;
    private static final int MOST_SEATS = 10;
    private static final int RETRY_SECONDS = 1;

    private final Vertx vertx;
    private final WatchCache cache;
    private final int seats;
    private final Turn turn;
    private final FlowMetrics metrics;

    /** Whoever reads the metrics looks at their seats from another thread. */
    private final Map<String, PriorityLevel> levels = new ConcurrentHashMap<>();

    private List<FlowSchema> schemas = List.of();
    private long schemasAt = -1;
    private long levelsAt = -1;

    /** @param seats of all levels together */
    public FlowControl(Vertx vertx, WatchCache cache, int seats, Meters meters) {
        this.vertx = vertx;
        this.cache = cache;
        this.seats = seats;
        this.metrics = new FlowMetrics(meters, levels.values());
        this.turn = new Turn(System::nanoTime, next -> afterSockets(vertx, next));
    }

    /**
     * A task would run before the sockets are looked at: Netty runs dozens between two looks, and asks for the time only then.
     * What is due by the clock it takes up once after each look.
     */
    private static void afterSockets(Vertx vertx, Runnable next) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        context.nettyEventLoop().schedule(() -> context.dispatch(v -> next.run()), 0, TimeUnit.NANOSECONDS);
    }

    private record Classified(FlowSchema schema, PriorityLevel level) {}

    /**
     * Serves the request when there is a seat for it, and gives the seat back when it is answered.
     *
     * <p>Errors: 429 when the queue is full or the wait too long; what {@code serve} fails with.
     */
    public Future<ApiResponse> serve(
            RequestInfo info, ApiRequest request, User user, Supplier<Future<ApiResponse>> serve) {
        Classified classified = classify(info, request, user);
        FlowMetrics.Flow flow = metrics.flow(classified.schema.name(), classified.level.name());
        int width = width(info, request);
        PriorityLevel.Place place =
                classified.level.enter(classified.schema.name(), classified.schema.flow(user, info), width);
        Future<Boolean> seat = place.seat();
        if (seat.isComplete()) {
            if (!seat.result()) {
                throw refused(flow, classified.level.settings().queues() == 0 ? "concurrency-limit" : "queue-full", 0);
            }
            return seated(classified, flow, place, width, 0, serve);
        }
        long began = System.nanoTime();
        flow.waiting().inc();
        long limit = Math.max(1, Math.min(MOST_WAIT_MILLIS, request.timeout().toMillis() / 4));
        long timer = vertx.setTimer(limit, late -> place.leave());
        return seat.compose(given -> {
            vertx.cancelTimer(timer);
            flow.waiting().dec();
            long waited = System.nanoTime() - began;
            request.notes().aside(waited);
            if (!given) {
                throw refused(flow, "time-out", waited);
            }
            return seated(classified, flow, place, width, waited, serve);
        });
    }

    /** Names flow and level of a request that needs no seat, such as a watch. */
    public ApiResponse named(RequestInfo info, ApiRequest request, User user, ApiResponse response) {
        return named(classify(info, request, user), response);
    }

    private static ApiResponse named(Classified classified, ApiResponse response) {
        response.headers().set("X-Kubernetes-PF-FlowSchema-UID", classified.schema.uid());
        response.headers()
                .set(
                        "X-Kubernetes-PF-PriorityLevel-UID",
                        classified.level.settings().uid());
        return response;
    }

    private ApiException refused(FlowMetrics.Flow flow, String reason, long waitedNanos) {
        metrics.rejected(flow, reason, waitedNanos);
        return new ApiException(
                429,
                "TooManyRequests",
                "Too many requests, please try again later.",
                new ApiException.Details("", "", "", "", List.of(), RETRY_SECONDS));
    }

    private Future<ApiResponse> seated(
            Classified classified,
            FlowMetrics.Flow flow,
            PriorityLevel.Place place,
            int width,
            long waitedNanos,
            Supplier<Future<ApiResponse>> serve) {
        flow.dispatched().inc();
        flow.waitsOfServed().observe(waitedNanos / 1e9);
        flow.executing().inc();
        flow.seats().inc(width);
        Runnable done = () -> {
            flow.executing().dec();
            flow.seats().dec(width);
            place.leave();
        };
        Future<ApiResponse> answer;
        turn.serve();
        try {
            answer = serve.get();
        } catch (RuntimeException failure) {
            done.run();
            throw failure;
        }
        return answer.onComplete(answered -> done.run()).map(response -> named(classified, response));
    }

    /** A list takes a seat for every hundred objects it may bring. */
    private int width(RequestInfo info, ApiRequest request) {
        if (!info.verb().equals("list")) {
            return 1;
        }
        ResourceCache resource = cache.all().get(StoreKeys.resource(info.group(), info.resource()));
        long objects = resource == null ? 0 : resource.size();
        String limit = request.query().text("limit");
        if (limit.matches("[1-9][0-9]{0,8}")) {
            objects = Math.min(objects, Long.parseLong(limit));
        }
        return (int) Math.max(1, Math.min(MOST_SEATS, (objects + OBJECTS_PER_SEAT - 1) / OBJECTS_PER_SEAT));
    }

    private Classified classify(RequestInfo info, ApiRequest request, User user) {
        refresh();
        for (FlowSchema schema : schemas) {
            PriorityLevel level = levels.get(schema.level());
            if (level != null && schema.matches(user, info, request.path())) {
                return new Classified(schema, level);
            }
        }
        // Of a user without any group; the last schema is for all that is left.
        FlowSchema last = schemas.get(schemas.size() - 1);
        return new Classified(last, Objects.requireNonNull(levels.get(last.level()), "catch-all is always there"));
    }

    // ---- configuration

    private void refresh() {
        ResourceCache storedSchemas = cache.of(SCHEMAS);
        ResourceCache storedLevels = cache.of(LEVELS);
        if (storedSchemas.changedAt() == schemasAt && storedLevels.changedAt() == levelsAt && !schemas.isEmpty()) {
            return;
        }
        schemasAt = storedSchemas.changedAt();
        levelsAt = storedLevels.changedAt();
        List<JsonNode> objects = new ArrayList<>();
        storedLevels.list("").forEach(each -> objects.add(each.selectable()));
        Mandatory.levels(names(storedLevels)).forEach(objects::add);
        setLevels(objects);
        List<FlowSchema> all = new ArrayList<>();
        for (ObjectVersion each : storedSchemas.list("")) {
            all.add(FlowSchema.of(each.selectable()));
        }
        Mandatory.schemas(names(storedSchemas)).forEach(each -> all.add(FlowSchema.of(each)));
        // Mandatory: exempt is first and catch-all last, whatever others say of their precedence.
        all.sort(Comparator.comparingInt((FlowSchema each) -> Mandatory.order(each.name()))
                .thenComparingLong(FlowSchema::precedence)
                .thenComparing(FlowSchema::name));
        schemas = List.copyOf(all);
    }

    private static List<String> names(ResourceCache stored) {
        return stored.list("").stream().map(ObjectVersion::path).toList();
    }

    private void setLevels(List<JsonNode> objects) {
        long shares = 0;
        for (JsonNode object : objects) {
            shares += shares(object);
        }
        Map<String, PriorityLevel.Settings> wanted = new HashMap<>();
        for (JsonNode object : objects) {
            wanted.put(Tree.text(object, "metadata", "name"), settings(object, shares));
        }
        // A level that is gone goes when nobody sits or waits there.
        for (PriorityLevel level : List.copyOf(levels.values())) {
            if (!wanted.containsKey(level.name()) && level.seated() == 0 && level.waiting() == 0) {
                levels.remove(level.name());
            }
        }
        wanted.forEach((name, settings) -> {
            PriorityLevel known = levels.get(name);
            if (known == null) {
                levels.put(name, new PriorityLevel(name, settings, turn));
            } else if (!known.settings().equals(settings)) {
                known.change(settings);
            }
        });
    }

    private static long shares(JsonNode level) {
        JsonNode spec = level.path("spec");
        JsonNode part = Tree.text(spec, "type").equals("Exempt") ? spec.path("exempt") : spec.path("limited");
        boolean limited = Tree.text(spec, "type").equals("Limited");
        return part.hasNonNull("nominalConcurrencyShares")
                ? Tree.number(part, "nominalConcurrencyShares")
                : limited ? 30 : 0;
    }

    private PriorityLevel.Settings settings(JsonNode level, long allShares) {
        JsonNode spec = level.path("spec");
        boolean exempt = Tree.text(spec, "type").equals("Exempt");
        long own = allShares == 0 ? seats : (seats * shares(level) + allShares - 1) / allShares;
        JsonNode response = spec.path("limited").path("limitResponse");
        boolean queues = Tree.text(response, "type").equals("Queue");
        JsonNode queuing = response.path("queuing");
        return new PriorityLevel.Settings(
                Tree.text(level, "metadata", "uid"),
                exempt,
                (int) Math.max(1, own),
                queues ? number(queuing, "queues", 64) : 0,
                queues ? number(queuing, "handSize", 8) : 0,
                queues ? number(queuing, "queueLengthLimit", 50) : 0);
    }

    private static int number(JsonNode node, String field, int otherwise) {
        return node.hasNonNull(field) ? (int) Tree.number(node, field) : otherwise;
    }
}
