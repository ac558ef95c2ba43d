package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Adds a cluster to the user's own kubeconfig, by kubectl, which knows how to merge. */
final class KubeconfigMerge {
    private KubeconfigMerge() {}

    static void into(Path clusterKubeconfig) throws IOException, InterruptedException {
        Path own = Path.of(System.getProperty("user.home"), ".kube", "config");
        Files.createDirectories(own.getParent());
        String kubectl = System.getenv().getOrDefault("KUBECTL", "kubectl");
        ProcessBuilder builder = new ProcessBuilder(kubectl, "config", "view", "--flatten")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // The cluster's own file first: where names collide, the new cluster's entries win.
        builder.environment().put("KUBECONFIG", clusterKubeconfig + ":" + own);
        Process process = builder.start();
        String merged = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new CommandFailure("kubectl config view failed; " + own + " was left as it was", 1);
        }
        Path next = own.resolveSibling("config.kvorum.tmp");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, merged);
        Files.move(next, own, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        System.err.println("merged into " + own);
    }
}
