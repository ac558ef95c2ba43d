package io.kvorum.faults.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import io.kvorum.faults.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run did, line by line as it happened: a header with plan and seed, then {@code fault} and {@code heal} with the
 * milliseconds since the start, and an {@code end}. Thread-safe.
 */
public final class Recording {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Writer out;

    /** One thing to do again. {@code id} is the one it had when it was recorded. */
    record Action(int line, long offsetMillis, boolean heal, String id, Fault fault, Duration duration) {}

    public Recording(Writer out) {
        this.out = out;
    }

    void begin(String plan, long seed, Instant started) {
        line(node("begin").put("plan", plan).put("seed", seed).put("started", started.toString()));
    }

    void fault(
            long offsetMillis,
            String step,
            Map<String, String> picks,
            Fault asked,
            Duration duration,
            PlanTarget.Injected injected) {
        ObjectNode node = node("fault")
                .put("offsetMillis", offsetMillis)
                .put("step", step)
                .put("id", injected.id())
                .put("asked", asked.describe())
                .put("fault", injected.resolved())
                .put("forMillis", duration.toMillis());
        ObjectNode drawn = node.putObject("picks");
        picks.forEach(drawn::put);
        line(node);
    }

    void heal(long offsetMillis, String step, String id) {
        line(node("heal").put("offsetMillis", offsetMillis).put("step", step).put("id", id));
    }

    void waited(long offsetMillis, String step, String condition, long tookMillis) {
        line(node("wait")
                .put("offsetMillis", offsetMillis)
                .put("step", step)
                .put("condition", condition)
                .put("tookMillis", tookMillis));
    }

    void end(long offsetMillis, String result) {
        line(node("end").put("offsetMillis", offsetMillis).put("result", result));
    }

    private static ObjectNode node(String action) {
        return JsonNodeFactory.instance.objectNode().put("action", action);
    }

    private synchronized void line(ObjectNode node) {
        try {
            out.write(node + "\n");
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the recording cannot be written", e);
        }
    }

    /**
     * Reads what a recording did, and checks that it can be done again.
     *
     * @throws PlanException with file and line of what cannot
     */
    static List<Action> read(String source, String text, Topology topology) {
        List<Action> actions = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        boolean begun = false;
        long last = 0;
        int number = 0;
        for (String line : text.split("\n")) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            Place place = new Place(source, number, "");
            JsonNode node;
            try {
                node = JSON.readTree(line);
            } catch (JsonProcessingException e) {
                throw place.wrong("not a line of a recording: " + e.getOriginalMessage());
            }
            String action = node.path("action").asText();
            if (!begun && !action.equals("begin")) {
                throw place.wrong("not a recording of kvorum fault run: it does not start with \"action\":\"begin\"");
            }
            begun = true;
            if (action.equals("fault") || action.equals("heal")) {
                Action read = action(place, node, action.equals("heal"), ids, topology);
                if (read.offsetMillis() < last) {
                    throw place.wrong("offsetMillis goes back");
                }
                last = read.offsetMillis();
                actions.add(read);
            }
        }
        if (!begun) {
            throw new Place(source, 1, "").wrong("the recording is empty");
        }
        return actions;
    }

    private static Action action(Place place, JsonNode node, boolean heal, Set<String> ids, Topology topology) {
        String id = node.path("id").asText();
        long offset = node.path("offsetMillis").asLong(-1);
        if (id.isEmpty() || offset < 0) {
            throw place.wrong("id and offsetMillis are needed");
        }
        if (heal) {
            if (!ids.contains(id)) {
                throw place.wrong("heals " + id + ", which was not set before");
            }
            return new Action(place.line(), offset, true, id, new Fault.Kill(List.of()), Duration.ZERO);
        }
        ids.add(id);
        try {
            Fault fault = FaultSyntax.parse(node.path("fault").asText());
            Fault unused = fault.resolve(topology);
            return new Action(
                    place.line(),
                    offset,
                    false,
                    id,
                    fault,
                    Duration.ofMillis(node.path("forMillis").asLong()));
        } catch (FaultException e) {
            throw place.wrong(String.valueOf(e.getMessage()));
        }
    }
}
