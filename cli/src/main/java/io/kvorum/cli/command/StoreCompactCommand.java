package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.store.StoreMembers;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvorum store compact}: forgets old versions. */
@Command(name = "compact", description = "Forget all versions that were superseded, or deleted, up to a revision.")
final class StoreCompactCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Option(names = "--revision", paramLabel = "N", description = "up to this revision (default: the newest)")
    @Nullable
    Long revision;

    @Option(names = "--keep", paramLabel = "N", description = "keep this many of the newest revisions (default: 0)")
    long keep;

    @Override
    public Integer call() throws IOException {
        if (keep < 0 || (revision != null && (revision < 1 || keep > 0))) {
            throw new CommandFailure("choose a --revision from 1 up, or a number of revisions to --keep", 2);
        }
        ObjectNode request = ControlSocket.request("store.compact").put("keep", keep);
        if (revision != null) {
            request.put("revision", revision);
        }
        StoreMembers members =
                StoreMembers.of(ClusterSpec.read(cluster.existing().spec()), cluster.folder());
        List<String> refusals = new ArrayList<>();
        for (Instance member : members.instances()) {
            try {
                ObjectNode answer = members.ask(member, request, TIMEOUT);
                System.out.println("compacted up to revision "
                        + answer.path("compactRevision").asText());
                return 0;
            } catch (IOException e) {
                refusals.add(member.name() + ": " + e.getMessage());
            }
        }
        throw new CommandFailure(String.join("; ", refusals), 1);
    }
}
