package io.kvorum.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Creates, updates and deletes ConfigMaps with names of its own, each write once, with a value that counts up. A name
 * whose write was not answered is left alone: a server that was frozen may carry the write out much later.
 */
final class BalancedWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NAMES = 15;
    private static final long PAUSE_MILLIS = 8;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Balanced balanced;
    private final String configMaps;
    private final String writer;
    private final List<Write> writes = new ArrayList<>();
    private int names;
    private int sent;

    /** @param configMaps the path of the collection */
    BalancedWriter(Balanced balanced, String configMaps, String writer) {
        this.balanced = balanced;
        this.configMaps = configMaps;
        this.writer = writer;
    }

    private static final class Slot {
        private final String name;
        private String uid = "";
        private String resourceVersion = "";

        private Slot(String name) {
            this.name = name;
        }
    }

    List<Write> writeUntil(BooleanSupplier stop) throws InterruptedException {
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < NAMES; i++) {
            slots.add(slot());
        }
        while (!stop.getAsBoolean()) {
            int place = balanced.random().nextInt(NAMES);
            Slot slot = slots.get(place);
            Kind kind =
                    slot.uid.isEmpty() ? Kind.CREATE : balanced.random().nextInt(10) < 3 ? Kind.DELETE : Kind.UPDATE;
            Fate fate = write(slot, kind);
            if (fate == Fate.UNKNOWN) {
                slots.set(place, slot());
            }
            if (fate == Fate.ACKNOWLEDGED) {
                balanced.succeeded();
                Thread.sleep(PAUSE_MILLIS);
            } else {
                balanced.failed();
            }
        }
        return writes;
    }

    private Slot slot() {
        return new Slot(writer + "-" + names++);
    }

    /** Writes one more object, under one name after the other until that is acknowledged; its version. */
    long last() throws InterruptedException {
        Slot slot = slot();
        while (write(slot, Kind.CREATE) != Fate.ACKNOWLEDGED) {
            balanced.failed();
            slot = slot();
        }
        return Long.parseLong(slot.resourceVersion);
    }

    List<Write> writes() {
        return writes;
    }

    private Fate write(Slot slot, Kind kind) throws InterruptedException {
        String value = slot.name + "#" + sent++;
        long sentNanos = System.nanoTime();
        Fate fate = Fate.UNKNOWN;
        try {
            HttpResponse<byte[]> answer = balanced.send(request(slot, kind, value));
            int status = answer.statusCode();
            if (status < 300) {
                fate = Fate.ACKNOWLEDGED;
                adopt(slot, kind, JSON.readTree(answer.body()));
            } else if (status < 500) {
                fate = Fate.REFUSED;
                if (status != TOO_MANY_REQUESTS) {
                    throw new AssertionError(kind + " of " + slot.name + ", which is " + writer
                            + "'s alone, was refused: " + new String(answer.body(), StandardCharsets.UTF_8));
                }
            }
        } catch (Balanced.NotSentException e) {
            return Fate.REFUSED;
        } catch (IOException e) {
            // no answer: nobody knows
        }
        boolean told = fate == Fate.ACKNOWLEDGED && kind != Kind.DELETE;
        long version = told ? Long.parseLong(slot.resourceVersion) : 0;
        writes.add(new Write(value, kind, slot.name, fate, version, sentNanos, System.nanoTime()));
        return fate;
    }

    private static void adopt(Slot slot, Kind kind, JsonNode answer) {
        boolean there = kind != Kind.DELETE;
        slot.uid = there ? answer.at("/metadata/uid").asText() : "";
        slot.resourceVersion = there ? answer.at("/metadata/resourceVersion").asText() : "";
    }

    private HttpRequest request(Slot slot, Kind kind, String value) {
        Balanced.Server server = balanced.next();
        String version = slot.uid.isEmpty()
                ? ""
                : ",\"uid\":\"%s\",\"resourceVersion\":\"%s\"".formatted(slot.uid, slot.resourceVersion);
        String object = """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","annotations":{"%s":"%s"}%s},"data":{"%2$s":"%3$s"}}""".formatted(slot.name, Shown.VALUE, value, version);
        String options = "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"preconditions\":{%s}}"
                .formatted(version.isEmpty() ? "" : version.substring(1));
        String path = configMaps + (kind == Kind.CREATE ? "" : "/" + slot.name);
        HttpRequest.Builder request = Balanced.request(server, path).header("Content-Type", "application/json");
        return switch (kind) {
            case CREATE -> request.POST(BodyPublishers.ofString(object)).build();
            case UPDATE -> request.PUT(BodyPublishers.ofString(object)).build();
            case DELETE ->
                request.method("DELETE", BodyPublishers.ofString(options)).build();
        };
    }
}
