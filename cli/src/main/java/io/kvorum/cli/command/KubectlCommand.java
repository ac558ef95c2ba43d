package io.kvorum.cli.command;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code kvorum kubectl [--name NAME] ARGS}: the real kubectl with the cluster's kubeconfig. Everything after an
 * optional leading {@code --name} is kubectl's, word by word, so it does not go through the option parser.
 */
@Command(
        name = "kubectl",
        description = "Run kubectl (from KUBECTL or the PATH) with the cluster's kubeconfig.",
        customSynopsis = "kvorum kubectl [--name NAME] ARGS...")
public final class KubectlCommand implements Callable<Integer> {
    @Unmatched
    List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return run(arguments);
    }

    /** Runs kubectl on the terminal of this process and returns its exit code. */
    public static int run(List<String> words) throws IOException, InterruptedException {
        ClusterOption cluster = new ClusterOption();
        List<String> rest = words;
        if (!words.isEmpty() && words.get(0).startsWith("--name=")) {
            cluster.name = words.get(0).substring("--name=".length());
            rest = words.subList(1, words.size());
        } else if (words.size() > 1 && words.get(0).equals("--name")) {
            cluster.name = words.get(1);
            rest = words.subList(2, words.size());
        }
        ClusterFolder folder = KubeconfigCommand.existing(cluster);
        String kubectl = System.getenv().getOrDefault("KUBECTL", "kubectl");
        List<String> command = new ArrayList<>(List.of(kubectl));
        command.addAll(rest);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("KUBECONFIG", folder.kubeconfig().toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new CommandFailure(
                    "cannot run " + kubectl + " (" + e.getMessage() + "); install kubectl or set KUBECTL to it", 1);
        }
        return process.waitFor();
    }
}
