package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pods: how many containers are ready, what the pod is at, how often it restarted. */
final class PodPrinter implements TablePrinter {
    private static final List<Column> COLUMNS = Column.parse("""
            Name
            Ready|string|Containers that are ready, of all that should be
            Status|string|What the pod is at, in one word
            Restarts|string|How often containers were restarted, and how long ago the last time was
            Age
            *IP|string|Address of the pod; empty until it has one
            *Node|string|Node the pod is scheduled to
            *Nominated Node|string|Node the pod may get once others are preempted there
            *Readiness Gates|string|Readiness gates that are fulfilled, of all
            """);

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public ArrayNode row(JsonNode pod, Instant now) {
        Row row = new Row(pod, now);
        State state = new State(pod);
        String restarts = Integer.toString(state.restarts);
        if (state.restarts != 0 && state.lastRestart != null) {
            restarts += " (" + Ages.human(Duration.between(state.lastRestart, now)) + " ago)";
        }
        row.name()
                .text(state.ready + "/" + state.total)
                .text(state.reason)
                .text(restarts)
                .age()
                .text(row.status().path("podIPs").path(0).path("ip"), Row.NONE)
                .text(row.spec().path("nodeName"), Row.NONE)
                .text(row.status().path("nominatedNodeName"), Row.NONE)
                .text(readinessGates(row));
        return row.cells();
    }

    private static String readinessGates(Row row) {
        JsonNode gates = row.spec().path("readinessGates");
        if (gates.isEmpty()) {
            return Row.NONE;
        }
        int fulfilled = 0;
        for (JsonNode gate : gates) {
            if (Texts.isTrue(row.status(), gate.path("conditionType").asText())) {
                fulfilled++;
            }
        }
        return fulfilled + "/" + gates.size();
    }

    /** What the container statuses add up to. */
    private static final class State {
        private final JsonNode spec;
        private final JsonNode status;
        private String reason;
        private int ready;
        private int total;
        private int restarts;
        private @Nullable Instant lastRestart;

        State(JsonNode pod) {
            spec = pod.path("spec");
            status = pod.path("status");
            String phase = status.path("phase").asText();
            reason = Row.textOr(status.path("reason"), phase);
            for (JsonNode condition : status.path("conditions")) {
                if (condition.path("type").asText().equals("PodScheduled")
                        && condition.path("reason").asText().equals("SchedulingGated")) {
                    reason = "SchedulingGated";
                }
            }
            total = spec.path("containers").size();
            boolean initializing = initContainers();
            if (!initializing || Texts.isTrue(status, "Initialized")) {
                containers();
            }
            boolean terminal = phase.equals("Succeeded") || phase.equals("Failed");
            if (pod.path("metadata").hasNonNull("deletionTimestamp")) {
                if (status.path("reason").asText().equals("NodeLost")) {
                    reason = "Unknown";
                } else if (!terminal) {
                    reason = "Terminating";
                }
            }
        }

        private static JsonNode terminated(JsonNode state) {
            JsonNode terminated = state.path("terminated");
            return terminated.isObject() ? terminated : MissingNode.getInstance();
        }

        private static @Nullable Instant later(@Nullable Instant one, JsonNode container) {
            Optional<Instant> finished =
                    Ages.time(terminated(container.path("lastState")).path("finishedAt"));
            return finished.isPresent() && (one == null || one.isBefore(finished.get())) ? finished.get() : one;
        }

        /** Whether an init container still has to finish; counts sidecars, which are init containers that stay. */
        private boolean initContainers() {
            Set<String> sidecars = new HashSet<>();
            for (JsonNode container : spec.path("initContainers")) {
                if (container.path("restartPolicy").asText().equals("Always")) {
                    sidecars.add(container.path("name").asText());
                    total++;
                }
            }
            int sidecarRestarts = 0;
            Instant lastSidecarRestart = null;
            boolean initializing = false;
            JsonNode statuses = status.path("initContainerStatuses");
            for (int i = 0; i < statuses.size() && !initializing; i++) {
                JsonNode container = statuses.get(i);
                boolean sidecar = sidecars.contains(container.path("name").asText());
                restarts += container.path("restartCount").asInt();
                lastRestart = later(lastRestart, container);
                if (sidecar) {
                    sidecarRestarts += container.path("restartCount").asInt();
                    lastSidecarRestart = later(lastSidecarRestart, container);
                }
                JsonNode terminated = terminated(container.path("state"));
                if (terminated.isObject() && terminated.path("exitCode").asInt() == 0) {
                    continue;
                }
                if (sidecar && container.path("started").asBoolean()) {
                    ready += container.path("ready").asBoolean() ? 1 : 0;
                    continue;
                }
                String waiting =
                        container.path("state").path("waiting").path("reason").asText();
                if (terminated.isObject()) {
                    reason = "Init:" + ended(terminated);
                } else if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
                    reason = "Init:" + waiting;
                } else {
                    reason = "Init:" + i + "/" + spec.path("initContainers").size();
                }
                initializing = true;
            }
            if (!initializing || Texts.isTrue(status, "Initialized")) {
                restarts = sidecarRestarts; // the restarts of init containers that are done do not count any more
                lastRestart = lastSidecarRestart;
            }
            return initializing;
        }

        private static String ended(JsonNode terminated) {
            String why = terminated.path("reason").asText();
            int signal = terminated.path("signal").asInt();
            if (!why.isEmpty()) {
                return why;
            }
            return signal != 0
                    ? "Signal:" + signal
                    : "ExitCode:" + terminated.path("exitCode").asInt();
        }

        private void containers() {
            boolean running = false;
            JsonNode statuses = status.path("containerStatuses");
            for (int i = statuses.size() - 1; i >= 0; i--) {
                JsonNode container = statuses.get(i);
                restarts += container.path("restartCount").asInt();
                lastRestart = later(lastRestart, container);
                JsonNode state = container.path("state");
                String waiting = state.path("waiting").path("reason").asText();
                JsonNode terminated = terminated(state);
                if (!waiting.isEmpty()) {
                    reason = waiting;
                } else if (terminated.isObject()) {
                    reason = ended(terminated);
                } else if (container.path("ready").asBoolean()
                        && state.path("running").isObject()) {
                    running = true;
                    ready++;
                }
            }
            if (reason.equals("Completed") && running) {
                reason = Texts.isTrue(status, "Ready") ? "Running" : "NotReady";
            }
        }
    }
}
