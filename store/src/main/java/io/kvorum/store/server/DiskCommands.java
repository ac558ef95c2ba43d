package io.kvorum.store.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.component.ControlCommands;
import io.kvorum.store.wal.FaultyDisk;
import io.kvorum.store.wal.FaultyDisk.Failure;
import io.vertx.core.Future;
import java.time.Duration;

/** The control commands {@code disk.set} and {@code disk.clear}: faults of the members' disk. */
final class DiskCommands {
    private DiskCommands() {}

    static void register(ControlCommands commands, FaultyDisk disk) {
        commands.register("disk.set", request -> {
            disk.set(rule(request));
            return Future.succeededFuture(JsonNodeFactory.instance.objectNode());
        });
        commands.register("disk.clear", request -> {
            int cleared = disk.clear(request.path("id").asText("")) ? 1 : 0;
            return Future.succeededFuture(JsonNodeFactory.instance.objectNode().put("cleared", cleared));
        });
    }

    private static FaultyDisk.Rule rule(ObjectNode request) {
        String fail = request.path("fail").asText("none");
        Failure failure = switch (fail) {
            case "none" -> Failure.NONE;
            case "write" -> Failure.WRITE;
            case "fsync" -> Failure.FSYNC;
            case "full" -> Failure.FULL;
            case "unsynced" -> Failure.UNSYNCED;
            default ->
                throw new IllegalArgumentException(
                        "unknown \"fail\" \"" + fail + "\": give none, write, fsync, full or unsynced");
        };
        JsonNode expires = request.path("expiresInMillis");
        return new FaultyDisk.Rule(
                request.path("id").asText(""),
                Duration.ofMillis(request.path("latencyMillis").asLong(0)),
                failure,
                request.path("failPercent").asDouble(100),
                expires.isNumber() ? Duration.ofMillis(expires.asLong()) : null);
    }
}
