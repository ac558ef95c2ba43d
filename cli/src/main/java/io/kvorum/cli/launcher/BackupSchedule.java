package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.BackupPolicy;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.store.BackupFolder;
import io.kvorum.cli.store.StoreBackup;
import io.kvorum.cli.store.StoreMembers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Backs the store up every so often and keeps the newest. A backup that fails is tried again soon, said in the launcher's
 * log, and shown by {@code kvorum store status} until one succeeds. All methods run on the loop, the work does not.
 */
final class BackupSchedule {
    private static final System.Logger LOG = System.getLogger(BackupSchedule.class.getName());
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    /** The store needs some moments to be up; a failure then would only be noise. */
    private static final Duration FIRST_AFTER_START = Duration.ofSeconds(15);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClusterSpec spec;
    private final ClusterFolder folder;
    private final BackupPolicy policy;
    private final BackupFolder backups;
    private final ScheduledExecutorService loop;
    private final ExecutorService blocking;
    private final Clock clock;
    private @Nullable Instant next;
    private @Nullable String failure;
    private @Nullable Instant failedAt;
    private int failures;

    BackupSchedule(
            ClusterSpec spec,
            ClusterFolder folder,
            ScheduledExecutorService loop,
            ExecutorService blocking,
            Clock clock) {
        this.spec = spec;
        this.folder = folder;
        this.policy = spec.backups();
        this.backups = new BackupFolder(folder.backups());
        this.loop = loop;
        this.blocking = blocking;
        this.clock = clock;
    }

    /** Begins, if the cluster asks for backups: when the newest one is as old as it may get. */
    void start() {
        if (policy.everySeconds() <= 0) {
            return;
        }
        Duration every = Duration.ofSeconds(policy.everySeconds());
        Duration wait = every;
        try {
            backups.tidy();
            List<BackupFolder.Entry> entries = backups.entries();
            if (!entries.isEmpty()) {
                Instant newest = entries.get(entries.size() - 1).takenAt();
                wait = Duration.between(clock.instant(), newest.plus(every));
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "existing backups cannot be listed", e);
        }
        schedule(shorter(longer(wait, FIRST_AFTER_START), every));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void schedule(Duration wait) {
        next = clock.instant().plus(wait);
        loop.schedule(() -> blocking.execute(this::run), wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One backup; on a thread that may block. */
    private void run() {
        Instant now = clock.instant();
        try {
            Files.createDirectories(backups.path());
            StoreBackup.Saved saved = new StoreBackup(StoreMembers.of(spec, folder))
                    .save("", false, revision -> backups.file(now, revision));
            List<BackupFolder.Entry> pruned = backups.prune(policy.keep());
            LOG.log(
                    Level.INFO,
                    "backup saved file={0} revision={1} keys={2} deleted={3}",
                    saved.file(),
                    String.valueOf(saved.revision()),
                    String.valueOf(saved.keys()),
                    pruned.size());
            loop.execute(() -> succeeded(now));
        } catch (IOException e) {
            loop.execute(() -> failed(String.valueOf(e.getMessage())));
        }
    }

    private void succeeded(Instant startedAt) {
        failure = null;
        failedAt = null;
        failures = 0;
        Instant due = startedAt.plusSeconds(policy.everySeconds());
        schedule(longer(Duration.between(clock.instant(), due), Duration.ZERO));
    }

    private void failed(String message) {
        failure = message;
        failedAt = clock.instant();
        failures++;
        LOG.log(Level.WARNING, "backup failed reason={0} failuresInRow={1}", message, failures);
        schedule(shorter(Duration.ofSeconds(policy.everySeconds()), LONGEST_RETRY));
    }

    ObjectNode status() {
        ObjectNode status = JSON.createObjectNode()
                .put("everySeconds", policy.everySeconds())
                .put("keep", policy.keep())
                .put("folder", backups.path().toString());
        if (next != null) {
            status.put("next", next.toString());
        }
        if (failure != null && failedAt != null) {
            status.put("failure", failure).put("failedAt", failedAt.toString()).put("failuresInRow", failures);
        }
        return status;
    }
}
