package io.kvorum.cli.pki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** The kubeconfig of a cluster's administrator, with everything in it. */
public final class AdminKubeconfig {
    private AdminKubeconfig() {}

    /**
     * Writes the file, readable by its owner only.
     *
     * @param context name of the cluster, context and user in it
     * @param server {@code https://host:port}
     */
    public static void write(Path file, String context, String server, Path pki) throws IOException {
        String text = """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    certificate-authority-data: %2$s
                    server: %3$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s-admin
                current-context: %1$s
                users:
                - name: %1$s-admin
                  user:
                    client-certificate-data: %4$s
                    client-key-data: %5$s
                """.formatted(
                        context,
                        base64(pki.resolve("ca.crt")),
                        server,
                        base64(pki.resolve("admin.crt")),
                        base64(pki.resolve("admin.key")));
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }
}
