package io.kvorum.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.component.fault.FaultRule;
import io.kvorum.component.fault.FaultRule.Breaking;
import io.kvorum.component.fault.FaultRule.Direction;
import io.kvorum.component.fault.FaultRules;
import io.kvorum.component.fault.SkewedClock;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The control commands {@code fault.set}, {@code fault.clear}, {@code fault.list}, {@code fault.reset}, {@code
 * clock.skew}, {@code clock.clear}.
 */
final class FaultCommands {
    private final FaultRules rules;
    private final SkewedClock clock;

    FaultCommands(FaultRules rules, SkewedClock clock) {
        this.rules = rules;
        this.clock = clock;
    }

    void register(ControlCommands commands) {
        commands.register("fault.set", this::set);
        commands.register("fault.clear", this::clear);
        commands.register("fault.list", request -> list());
        commands.register("fault.reset", this::reset);
        commands.register("clock.skew", this::skew);
        commands.register("clock.clear", this::unskew);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private Future<ObjectNode> set(ObjectNode request) {
        rules.set(rule(request));
        return Future.succeededFuture(object());
    }

    static FaultRule rule(ObjectNode request) {
        String way = request.path("direction").asText("both");
        Direction direction = switch (way) {
            case "in" -> Direction.IN;
            case "out" -> Direction.OUT;
            case "both" -> Direction.BOTH;
            default -> throw new IllegalArgumentException("unknown direction \"" + way + "\": give in, out or both");
        };
        return new FaultRule(
                request.path("id").asText(""),
                peers(request),
                direction,
                request.path("cut").asBoolean(false),
                millis(request, "delayMillis"),
                millis(request, "jitterMillis"),
                request.path("rateBytesPerSecond").asLong(0),
                request.path("lossPercent").asDouble(0),
                breaking(request),
                expiry(request));
    }

    private static Set<Breaking> breaking(ObjectNode request) {
        Set<Breaking> breaking = EnumSet.noneOf(Breaking.class);
        for (JsonNode name : request.path("breaking")) {
            breaking.add(
                    switch (name.asText()) {
                        case "refuse" -> Breaking.REFUSE;
                        case "reset" -> Breaking.RESET;
                        case "half-open" -> Breaking.HALF_OPEN;
                        default ->
                            throw new IllegalArgumentException(
                                    "unknown \"breaking\" " + name + ": give refuse, reset or half-open");
                    });
        }
        return breaking;
    }

    private static @Nullable Duration expiry(ObjectNode request) {
        JsonNode expires = request.path("expiresInMillis");
        return expires.isNumber() ? Duration.ofMillis(expires.asLong()) : null;
    }

    private static Duration millis(ObjectNode request, String field) {
        return Duration.ofMillis(request.path(field).asLong(0));
    }

    private static Set<String> peers(ObjectNode request) {
        Set<String> peers = new HashSet<>();
        request.path("peers").forEach(peer -> peers.add(peer.asText()));
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("\"peers\" must list at least one IP address");
        }
        return peers;
    }

    private Future<ObjectNode> clear(ObjectNode request) {
        String id = request.path("id").asText("");
        int cleared = id.isEmpty() ? rules.clearAll() : rules.clear(id) ? 1 : 0;
        return Future.succeededFuture(object().put("cleared", cleared));
    }

    private Future<ObjectNode> list() {
        ObjectNode answer = object();
        ArrayNode list = answer.putArray("rules");
        for (FaultRules.Active active : rules.list()) {
            FaultRule rule = active.rule();
            ObjectNode entry = list.addObject().put("id", rule.id());
            ArrayNode peers = entry.putArray("peers");
            rule.peers().stream().sorted().forEach(peers::add);
            entry.put("direction", rule.direction().name().toLowerCase(Locale.ROOT))
                    .put("cut", rule.cut())
                    .put("delayMillis", rule.delay().toMillis())
                    .put("jitterMillis", rule.jitter().toMillis())
                    .put("rateBytesPerSecond", rule.rateBytesPerSecond())
                    .put("lossPercent", rule.lossPercent());
            ArrayNode breaking = entry.putArray("breaking");
            rule.breaking().stream()
                    .map(b -> b.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .sorted()
                    .forEach(breaking::add);
            if (active.expiresInMillis() != null) {
                entry.put("expiresInMillis", active.expiresInMillis());
            }
        }
        answer.put("clockSkewMillis", clock.skew().toMillis());
        return Future.succeededFuture(answer);
    }

    private Future<ObjectNode> reset(ObjectNode request) {
        return Future.succeededFuture(object().put("reset", rules.reset(peers(request))));
    }

    private Future<ObjectNode> skew(ObjectNode request) {
        JsonNode offset = request.path("offsetMillis");
        if (!offset.isNumber()) {
            throw new IllegalArgumentException("\"offsetMillis\" must be a number of milliseconds");
        }
        clock.skew(request.path("id").asText(""), Duration.ofMillis(offset.asLong()), expiry(request));
        return Future.succeededFuture(object().put("offsetMillis", clock.skew().toMillis()));
    }

    private Future<ObjectNode> unskew(ObjectNode request) {
        int cleared = clock.clear(request.path("id").asText("")) ? 1 : 0;
        return Future.succeededFuture(object().put("cleared", cleared));
    }
}
