package io.kvorum.bench.etcd;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where etcd is. */
final class EtcdProgram {
    private EtcdProgram() {}

    /**
     * @param given by the user; null: looked for on the PATH
     * @throws IOException when there is none, with what to do
     */
    static Path find(@Nullable Path given) throws IOException {
        if (given != null) {
            if (!Files.isExecutable(given)) {
                throw new IOException("--etcd " + given + " is not a program");
            }
            return given.toAbsolutePath();
        }
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "etcd"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new IOException(
                                "etcd was not found on the PATH; on Debian: apt-get install etcd-server, or name it with --etcd"));
    }
}
