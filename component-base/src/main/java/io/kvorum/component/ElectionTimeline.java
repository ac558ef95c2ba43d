package io.kvorum.component;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends this component's elections to its file of the cluster's timeline (docs/timeline.md has the format), so that
 * nobody has to ask for them and they are known even if nobody could. In real time: a fault of the component's clock
 * does not move them.
 */
final class ElectionTimeline {
    private static final Logger LOG = LoggerFactory.getLogger(ElectionTimeline.class);
    private static final long ROTATION_BYTES = 1 << 20;

    private final Vertx vertx;
    private final @Nullable Path file;
    private final Identity identity;
    private int terms;

    /** @param file null: nothing is written */
    ElectionTimeline(Vertx vertx, @Nullable Path file, Identity identity) {
        this.vertx = vertx;
        this.file = file;
        this.identity = identity;
    }

    /** On the component's context. */
    void election(boolean leading, String how) {
        Path target = file;
        if (target == null) {
            return;
        }
        terms += leading ? 1 : 0;
        String detail = how.isEmpty() ? "" : " (" + how + ")";
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("kind", "election")
                .put("reason", leading ? "LeaderElected" : "LeadershipLost")
                .put("lane", identity.name())
                .put("message", (leading ? "leads the role " : "no longer leads the role ") + identity.role() + detail)
                .put("span", "leads-" + ProcessHandle.current().pid() + "-" + terms)
                .put("phase", leading ? "begin" : "end");
        if (!leading) {
            event.put("warning", true);
        }
        byte[] line = (event + "\n").getBytes(StandardCharsets.UTF_8);
        vertx.executeBlocking(() -> append(target, line))
                .onFailure(e -> LOG.warn("The timeline cannot be written to {}: {}", target, e.toString()));
    }

    private static boolean append(Path target, byte[] line) throws IOException {
        if (Files.exists(target) && Files.size(target) > ROTATION_BYTES) {
            String name = String.valueOf(target.getFileName()).replaceFirst("\\.jsonl$", "");
            Files.move(target, target.resolveSibling(name + ".1.jsonl"), StandardCopyOption.REPLACE_EXISTING);
        }
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.write(target, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return true;
    }
}
