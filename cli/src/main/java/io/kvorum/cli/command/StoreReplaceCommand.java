package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.store.Membership;
import io.kvorum.cli.store.StoreMembers;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kvorum store replace MEMBER}: a member with an empty disk in place of one that is dead or damaged. */
@Command(
        name = "replace",
        description =
                "Put a member with an empty disk in the place of one that is dead or damaged; the others fill it.")
final class StoreReplaceCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Parameters(paramLabel = "MEMBER", description = "for example store-1")
    String member = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        StoreMembers store = StoreMembers.of(cluster.runningSpec(), cluster.folder());
        List<String> names = store.instances().stream().map(Instance::name).toList();
        if (!names.contains(member)) {
            throw new CommandFailure(
                    "no store member is named \"" + member + "\"; known: " + String.join(", ", names), 2);
        }
        if (names.size() == 1) {
            throw new CommandFailure(member + " holds the only copy; kvorum store restore brings back a backup", 1);
        }
        Membership membership = new Membership(store);
        // What only the replaced one and one that is away may have would be lost.
        List<String> ailing = membership.ailing(member);
        if (!ailing.isEmpty()) {
            throw new CommandFailure(
                    "its data is not deleted while others are not well: " + String.join("; ", ailing), 1);
        }
        cluster.ask(ControlSocket.request("store.replace").put("component", member), TIMEOUT);
        System.err.println(member + " begins with an empty disk");
        membership.awaitWell();
        System.err.println(member + " has everything");
        return 0;
    }
}
