package io.kvorum.cli.upgrade;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An upgrade, or the way back: where from, where to, and how far it is. Kept as {@code upgrade.json} in the cluster's
 * folder until the next one.
 *
 * @param source groups whose nodes are drained and removed
 * @param target groups that take over
 * @param controlPlaneFirst forward: kubelets must not be newer than the API servers; back, for the same reason, last
 * @param back whether this undoes the upgrade before it
 * @param phase {@code running}, {@code stopped} or {@code done}
 * @param message why it stopped, or what it does
 * @param done titles of the steps that are done
 */
public record UpgradeState(
        Release from,
        Release to,
        List<Group> source,
        List<Group> target,
        boolean controlPlaneFirst,
        boolean back,
        String phase,
        String message,
        List<String> done) {
    public static final String RUNNING = "running";
    public static final String STOPPED = "stopped";
    public static final String DONE = "done";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Nodes by the group's name, release and number. */
    public record Group(String name, Release release, int nodes) {}

    public UpgradeState {
        source = List.copyOf(source);
        target = List.copyOf(target);
        done = List.copyOf(done);
    }

    public static UpgradeState forward(Release from, Release to, List<Group> source, Group target) {
        return new UpgradeState(from, to, source, List.of(target), true, false, RUNNING, "", List.of());
    }

    /** The way back, from wherever this is. */
    public UpgradeState reversed() {
        return new UpgradeState(to, from, target, source, !controlPlaneFirst, !back, RUNNING, "", List.of());
    }

    public UpgradeState with(String nextPhase, String nextMessage) {
        return new UpgradeState(from, to, source, target, controlPlaneFirst, back, nextPhase, nextMessage, done);
    }

    UpgradeState withDone(String step) {
        List<String> all = new ArrayList<>(done);
        if (!all.contains(step)) {
            all.add(step);
        }
        return new UpgradeState(from, to, source, target, controlPlaneFirst, back, phase, message, all);
    }

    @JsonIgnore
    public boolean finished() {
        return phase.equals(DONE);
    }

    /** What the file says; empty when there never was an upgrade. */
    public static Optional<UpgradeState> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), UpgradeState.class));
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + file + ": " + e.getMessage(), 1);
        }
    }

    /** Writes the file by atomic rename. */
    public void write(Path file) {
        try {
            Path next = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(next, JSON.writeValueAsBytes(this));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandFailure("cannot write " + file + ": " + e.getMessage(), 1);
        }
    }
}
