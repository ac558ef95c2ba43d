package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code kvorum explain pod}: why a pod is on its node, or on none. The scheduler answers by a dry run of its own
 * plugins; of several schedulers the leader is asked.
 */
@Command(
        name = "explain",
        description = "Say for every node whether a pod fits there, why not, and how the node scores.",
        footer = {
            "",
            "The scheduler runs its plugins for the pod once more and changes nothing. A pod that is on a node already",
            "is taken off it for the run. Example: kvorum explain pod web-7d4b9c-x2x7k -n shop"
        })
public final class ExplainCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Set<String> KINDS = Set.of("pod", "pods", "po");

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Parameters(arity = "1..2", paramLabel = "pod NAME", description = "the pod: pod NAME, or pod/NAME")
    List<String> words = new ArrayList<>();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            defaultValue = "default",
            description = "the pod's namespace (default: ${DEFAULT-VALUE})")
    String namespace = "default";

    @Option(names = "--all", description = "show the scores of every node, not only of the best ten")
    boolean all;

    @Override
    public Integer call() {
        boolean json = output.json();
        ObjectNode request =
                ControlSocket.request("explain").put("namespace", namespace).put("pod", name());
        ObjectNode answer;
        String scheduler = scheduler();
        try {
            answer = ControlSocket.call(cluster.folder().socket(scheduler), request, LIMIT);
        } catch (IOException e) {
            throw new CommandFailure(scheduler + ": " + e.getMessage(), 1);
        }
        answer.remove("ok");
        if (json) {
            OutputOption.print(answer);
        } else {
            new ExplanationText(answer, all).print();
        }
        return 0;
    }

    private String name() {
        List<String> parts = words.size() == 1 ? List.of(words.get(0).split("/", -1)) : words;
        if (parts.size() != 2 || !KINDS.contains(parts.get(0)) || parts.get(1).isEmpty()) {
            throw new CommandFailure(
                    "\"" + String.join(" ", words)
                            + "\" is not known; only pods can be explained: kvorum explain pod NAME",
                    2);
        }
        return parts.get(1);
    }

    /** The leader; without one, any that runs: it knows the cluster as well, but not the leader's last decision. */
    private String scheduler() {
        ObjectNode status = cluster.ask(ControlSocket.request("status"), LIMIT);
        @Nullable String running = null;
        boolean any = false;
        for (JsonNode component : status.path("components")) {
            if (component.path("role").asText().equals("scheduler")) {
                any = true;
                String name = component.path("name").asText();
                if (component.path("leader").asBoolean()) {
                    return name;
                }
                if (running == null && component.path("ready").asBoolean()) {
                    running = name;
                }
            }
        }
        if (running == null) {
            throw new CommandFailure(
                    any
                            ? "no scheduler is ready to answer; see: kvorum status" + cluster.nameFlag()
                            : "this cluster runs no scheduler, so nobody can explain",
                    1);
        }
        return running;
    }
}
