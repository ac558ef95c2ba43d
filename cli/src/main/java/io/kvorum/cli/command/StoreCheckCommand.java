package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.launcher.OfflineStore;
import io.kvorum.cli.store.StoreAgreement;
import io.kvorum.cli.store.StoreMembers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kvorum store check [FILE]}: a backup, or the members' files and whether the members agree. */
@Command(
        name = "check",
        description = "Check a backup; without FILE the files of all members, and that the members agree.")
final class StoreCheckCommand implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "a backup")
    @Nullable
    Path file;

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean json = output.json();
        OfflineStore tool = OfflineStore.here(Path.of(System.getProperty("kvorum.lib")));
        if (file != null) {
            ObjectNode found = tool.checkBackup(file);
            if (json) {
                OutputOption.print(found);
            } else {
                System.out.println(file + " is intact: revision "
                        + found.path("revision").asText() + " of cluster \""
                        + found.path("cluster").asText() + "\", "
                        + found.path("keys").asText() + " keys, saved by "
                        + found.path("member").asText() + " at "
                        + Instant.ofEpochMilli(found.path("takenAtMillis").asLong()));
                System.out.println("sha256 " + found.path("sha256").asText());
            }
            return 0;
        }
        ClusterFolder folder = cluster.existing();
        ClusterSpec spec = ClusterSpec.read(folder.spec());
        StoreMembers members = StoreMembers.of(spec, folder);
        ObjectNode found = cluster.running()
                ? new StoreAgreement(members).check()
                : tool.checkData(
                        spec.count(Role.STORE),
                        members.instances().stream()
                                .map(Instance::name)
                                .map(folder::data)
                                .toList());
        if (json) {
            OutputOption.print(found);
        } else {
            print(found);
        }
        return found.path("ok").asBoolean() ? 0 : 1;
    }

    private static void print(JsonNode found) {
        for (JsonNode member : found.path("members")) {
            String name = member.path("name").asText();
            System.out.println(
                    member.has("problem")
                            ? name + ": " + member.path("problem").asText()
                            : name + ": files are intact, log up to entry "
                                    + member.path("lastIndex").asText());
        }
        if (!found.path("compared").asBoolean()) {
            System.out.println("the members' content could not be compared"
                    + (found.has("reason") ? ": " + found.path("reason").asText() : ""));
        } else if (found.path("equal").asBoolean()) {
            System.out.println("the members that can be compared have equal content");
        } else {
            System.out.println("THE MEMBERS DIFFER:");
            for (JsonNode member : found.path("members")) {
                System.out.println("  " + member.path("name").asText() + " "
                        + member.path("contentHash").asText("not compared"));
            }
        }
    }
}
