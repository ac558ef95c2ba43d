package io.kvorum.cli.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Reasons;
import io.kvorum.cli.cluster.Release;
import io.kvorum.faults.ControlSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The processes of a cluster as its launcher sees them. */
public final class Components {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final LauncherLink launcher;

    public Components(LauncherLink launcher) {
        this.launcher = launcher;
    }

    /** All of them, freshly asked. */
    public List<JsonNode> all() {
        List<JsonNode> all = new ArrayList<>();
        launcher.ask(ControlSocket.request("status"), ANSWER).path("components").forEach(all::add);
        return all;
    }

    public List<JsonNode> ofRole(String role) {
        return all().stream()
                .filter(each -> each.path("role").asText().equals(role))
                .toList();
    }

    public JsonNode named(String name) {
        return all().stream()
                .filter(each -> name(each).equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandFailure("component " + name + " is not there any more", 1));
    }

    static String name(JsonNode component) {
        return component.path("name").asText();
    }

    static boolean at(JsonNode component, Release release) {
        return component.path("version").asText().equals(release.version())
                && component.path("dist").asText().equals(release.dist());
    }

    /** Waits until every component that {@code which} picks is ready. */
    public void awaitReady(Predicate<JsonNode> which, Duration limit) throws InterruptedException {
        Waiting.until(
                limit,
                () -> notReady(which),
                waiting -> "not ready within " + limit.toSeconds() + " s: " + waiting
                        + "; kvorum logs COMPONENT says more");
    }

    private @Nullable String notReady(Predicate<JsonNode> which) {
        List<String> waiting = new ArrayList<>();
        for (JsonNode component : all()) {
            if (which.test(component) && !component.path("ready").asBoolean()) {
                waiting.add(name(component) + Reasons.after(component));
            }
        }
        return waiting.isEmpty() ? null : String.join("; ", waiting);
    }
}
