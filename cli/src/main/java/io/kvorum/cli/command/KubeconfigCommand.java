package io.kvorum.cli.command;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvorum kubeconfig}: where the cluster's kubeconfig is. */
@Command(name = "kubeconfig", description = "Print the path of the cluster's kubeconfig.")
public final class KubeconfigCommand implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Override
    public Integer call() {
        System.out.println(existing(cluster).kubeconfig());
        return 0;
    }

    static ClusterFolder existing(ClusterOption cluster) {
        ClusterFolder folder = cluster.folder();
        if (!Files.exists(folder.kubeconfig())) {
            throw new CommandFailure(
                    "there is no cluster \"" + cluster.name + "\"; start it with: kvorum up" + cluster.nameFlag(), 1);
        }
        return folder;
    }
}
