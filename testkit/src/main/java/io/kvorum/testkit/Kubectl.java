package io.kvorum.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A kubectl program.
 *
 * @param version for example {@code 1.27}, or {@code default} for the one on the PATH
 */
public record Kubectl(String version, Path program) {
    /** The program that {@code KUBECTL} names, else the first on the PATH. Missing is an error: these tests must not pass by skipping. */
    public static Kubectl standard() {
        String named = System.getenv("KUBECTL");
        if (named != null && !named.isEmpty()) {
            return new Kubectl("default", Path.of(named));
        }
        for (String folder : System.getenv("PATH").split(":")) {
            Path program = Path.of(folder, "kubectl");
            if (Files.isExecutable(program)) {
                return new Kubectl("default", program);
            }
        }
        throw new IllegalStateException("kubectl was found neither in KUBECTL nor on the PATH; install it");
    }

    /** The wanted versions that lie beside the standard one as {@code kubectl.1.NN}; the standard one if there are none. */
    public static List<Kubectl> versions(String... wanted) {
        List<Kubectl> found = new ArrayList<>();
        try {
            Path real = standard().program().toRealPath();
            for (String version : wanted) {
                Path program = real.resolveSibling("kubectl." + version);
                if (Files.isExecutable(program)) {
                    found.add(new Kubectl(version, program));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.isEmpty() ? Stream.of(standard()).toList() : found;
    }

    @Override
    public String toString() {
        return "kubectl " + version;
    }
}
