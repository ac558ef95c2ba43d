package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.store.StoreBackup;
import io.kvorum.cli.store.StoreMembers;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvorum store save FILE}: a backup while everything goes on. */
@Command(name = "save", description = "Save everything in the store, at one revision, while the cluster goes on.")
final class StoreSaveCommand implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Parameters(paramLabel = "FILE", description = "where to")
    Path file = Path.of("");

    @Option(names = "--force", description = "replace FILE if it exists")
    boolean force;

    @Option(names = "--from", paramLabel = "MEMBER", description = "save from this member only, for example store-1")
    String from = "";

    @Option(
            names = "--stale",
            description = "save what a member has although no leader can confirm that it is the newest")
    boolean stale;

    @Option(
            names = "--revision",
            paramLabel = "N",
            description = "save the state as it was at this revision, if it is not compacted yet")
    @Nullable
    Long revision;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "save the state as it was at a time, for example 2026-11-26T08:00:00Z, or this long ago: 10m")
    @Nullable
    String at;

    @Override
    public Integer call() throws IOException {
        boolean json = output.json();
        if ((revision == null ? 0 : 1) + (at == null ? 0 : 1) + (stale ? 1 : 0) > 1) {
            throw new CommandFailure("choose one of --revision, --at and --stale", 2);
        }
        if (revision != null && revision < 1) {
            throw new CommandFailure("--revision " + revision + ": revisions begin with 1", 2);
        }
        Instant time = at == null ? null : time(at);
        if (Files.isDirectory(file)) {
            throw new CommandFailure(file + " is a folder; name a file", 1);
        }
        if (Files.exists(file) && !force) {
            throw new CommandFailure(file + " exists; --force replaces it", 1);
        }
        StoreMembers members =
                StoreMembers.of(ClusterSpec.read(cluster.existing().spec()), cluster.folder());
        StoreBackup.Saved saved;
        try {
            StoreBackup backup = new StoreBackup(members);
            saved = revision != null
                    ? backup.saveRevision(from, revision, any -> file)
                    : time != null ? backup.saveAt(from, time, any -> file) : backup.save(from, stale, any -> file);
        } catch (IOException e) {
            throw new CommandFailure("nothing was saved: " + e.getMessage(), 1);
        }
        if (json) {
            OutputOption.print(new ObjectMapper()
                    .createObjectNode()
                    .put("file", saved.file().toString())
                    .put("member", saved.member())
                    .put("revision", saved.revision())
                    .put("keys", saved.keys())
                    .put("bytes", saved.bytes())
                    .put("sha256", saved.sha256()));
        } else {
            System.out.println("saved revision " + saved.revision() + " (" + saved.keys() + " keys, " + saved.bytes()
                    + " bytes) from " + saved.member() + " to " + saved.file());
            System.out.println("sha256 " + saved.sha256());
        }
        return 0;
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            try {
                return Instant.now().minus(FaultSyntax.duration(text));
            } catch (FaultException e2) {
                throw new CommandFailure(
                        "--at \"" + text + "\" is neither a time like 2026-11-26T08:00:00Z nor a duration like 10m", 2);
            }
        }
    }
}
