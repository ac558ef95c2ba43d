package io.kvorum.cluster;

import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What programs do with the JavaScript client of the Kubernetes project: {@code src/test/javascript}, run by Node's own test
 * runner. The library has no leader election.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JavaScriptFlows {
    private static final Path SOURCES = Path.of("src/test/javascript");
    private static final Path WORK = Path.of("target/javascript").toAbsolutePath();
    private static final Duration INSTALL_LIMIT = Duration.ofMinutes(3);
    private static final Duration TEST_LIMIT = Duration.ofMinutes(2);

    /** The packages of the lock file, beside the build's other products. */
    @BeforeAll
    void install() throws IOException {
        Files.createDirectories(WORK);
        for (String file : List.of("package.json", "package-lock.json", "client.test.mjs", "tunnel.mjs")) {
            Files.write(WORK.resolve(file), Files.readAllBytes(SOURCES.resolve(file)));
        }
        node(
                        INSTALL_LIMIT,
                        Map.of(),
                        program("npm"),
                        "ci",
                        "--ignore-scripts",
                        "--no-audit",
                        "--no-fund",
                        "--prefer-offline",
                        "--fetch-timeout=60000")
                .ok();
    }

    private static Run node(Duration limit, Map<String, String> environment, String... command) {
        return Run.of(List.of(command), environment, WORK, limit);
    }

    /** The first on the PATH. Missing is an error: these tests must not pass by skipping. */
    private static String program(String name) {
        for (String folder : System.getenv("PATH").split(":")) {
            Path program = Path.of(folder, name);
            if (Files.isExecutable(program)) {
                return program.toString();
            }
        }
        throw new IllegalStateException(name + " was not found on the PATH; on Debian: apt-get install nodejs npm");
    }

    @Test
    void allFlowsOfTheScript(TestCluster cluster) {
        node(
                        TEST_LIMIT,
                        Map.of(
                                "KUBECONFIG", cluster.kubeconfig().toString(),
                                "KVORUM", TestCluster.script().toString(),
                                "KVORUM_HOME", cluster.home().toString()),
                        program("node"),
                        "--test",
                        "client.test.mjs")
                .ok();
    }
}
