package io.kvorum.cli.command;

import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Role;
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

/** {@code kvorum store scale N}: adds members, or takes members out, while the store serves. */
@Command(
        name = "scale",
        description = {
            "Add members to the store, or take the last ones out, one by one while it serves.",
            "A command that was interrupted goes on when it is given again."
        })
final class StoreScaleCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MOST = 9;

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Parameters(paramLabel = "N", description = "how many: 3, 5, 7 or 9")
    int count;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (count < 3 || count > MOST || count % 2 == 0) {
            throw new CommandFailure(
                    count
                            + " stores: choose 3, 5, 7 or 9; an even number tolerates no more lost members than the odd one"
                            + " below it",
                    2);
        }
        int now = cluster.runningSpec().count(Role.STORE);
        if (now == 1) {
            throw new CommandFailure(
                    "one process holds all three members here and cannot be taken apart; kvorum store save, and restore"
                            + " into a new cluster with --stores " + count,
                    2);
        }
        List<String> ailing = membership().ailing("");
        if (!ailing.isEmpty() && count >= now) {
            throw new CommandFailure("members are added to a store that is well: " + String.join("; ", ailing), 1);
        }
        for (int ordinal = now; ordinal < count; ordinal++) {
            add("store-" + ordinal, ordinal + 1);
        }
        for (int ordinal = now - 1; ordinal >= count; ordinal--) {
            remove("store-" + ordinal, ordinal);
        }
        System.err.println("the store has " + count + " members");
        return 0;
    }

    private Membership membership() throws IOException {
        ClusterSpec spec = cluster.runningSpec();
        return new Membership(StoreMembers.of(spec, cluster.folder()));
    }

    private void add(String member, int processes) throws IOException, InterruptedException {
        membership().change(member, true);
        System.err.println("added " + member);
        resize(processes);
        membership().awaitWell();
        System.err.println(member + " has everything");
    }

    private void remove(String member, int processes) throws IOException, InterruptedException {
        membership().change(member, false);
        System.err.println("removed " + member);
        resize(processes);
    }

    private void resize(int processes) {
        cluster.ask(ControlSocket.request("store.resize").put("count", processes), TIMEOUT);
    }
}
