package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.testkit.Kubectl;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import io.kvorum.testkit.transcript.Expectation;
import io.kvorum.testkit.transcript.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sessions with kubectl, every group of its commands, written down in {@code src/test/resources/sessions} and played with
 * several versions; each in a namespace of its own, which is {@code $NS} in the text. The versions are those that the
 * property {@code kubectl.versions} lists (1.33 unless it is set), the session may be chosen by {@code session}.
 */
class KubectlSessionIT {
    private static final Path SESSIONS = Path.of("src/test/resources/sessions");
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(300);

    private static TestCluster cluster;

    static Stream<Arguments> sessions() throws IOException {
        String[] versions = System.getProperty("kubectl.versions", "1.33").split(",");
        String chosen = System.getProperty("session", "");
        List<Kubectl> programs = Kubectl.versions(versions);
        try (Stream<Path> files = Files.list(SESSIONS)) {
            return files
                    .filter(file -> file.toString().endsWith(".txt"))
                    .map(file -> file.getFileName().toString().replace(".txt", ""))
                    .filter(name -> chosen.isEmpty() || chosen.equals(name))
                    .sorted()
                    .toList()
                    .stream()
                    .flatMap(name -> programs.stream().map(kubectl -> Arguments.of(name, kubectl)));
        }
    }

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(KubectlSessionIT.class));
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("sessions")
    void printsWhatIsWrittenDown(String name, Kubectl kubectl) throws IOException {
        Shell shell = Shell.open(name, kubectl);
        Transcript transcript = Transcript.parse(
                name + ".txt", Files.readString(SESSIONS.resolve(name + ".txt")).replace("$NS", shell.namespace));
        int version = Transcript.version(shell.version);
        SoftAssertions all = new SoftAssertions();
        for (Transcript.Step step : transcript.steps()) {
            if (step.isFor(version)) {
                Run run = shell.run(step);
                all.assertThat(step.expected().isMet(run.stdout(), run.exitCode()))
                        .as(transcript.name() + ":" + step.line() + ": $ " + step.command() + "\nexpected:\n"
                                + step.expected() + "\nbut got:\n" + run.stdout() + "[exit " + run.exitCode() + "]")
                        .isTrue();
            }
        }
        shell.close();
        all.assertAll();
    }

    /** A shell in which kubectl is of one version and its namespace the session's own. */
    private record Shell(String namespace, String version, Path folder, Map<String, String> environment) {
        static Shell open(String name, Kubectl kubectl) throws IOException {
            String version = versionOf(kubectl);
            String namespace = name + "-" + version.replace('.', '-');
            Path folder =
                    Files.createDirectories(cluster.home().resolve("sessions").resolve(namespace));
            Path programs = Files.createDirectories(folder.resolve("bin"));
            Files.deleteIfExists(programs.resolve("kubectl"));
            Files.createSymbolicLink(programs.resolve("kubectl"), kubectl.program());
            Path kubeconfig = folder.resolve("kubeconfig");
            Files.writeString(kubeconfig, Files.readString(cluster.kubeconfig()));
            Map<String, String> environment = new HashMap<>();
            environment.put("PATH", programs + ":" + System.getenv("PATH"));
            environment.put("KUBECONFIG", kubeconfig.toString());
            environment.put("HOME", folder.toString());
            Shell shell = new Shell(namespace, version, folder, environment);
            shell.run("kubectl create namespace " + namespace).ok();
            shell.run("kubectl config set-context --current --namespace=" + namespace)
                    .ok();
            return shell;
        }

        private static String versionOf(Kubectl kubectl) {
            if (!kubectl.version().equals("default")) {
                return kubectl.version();
            }
            String told = Run.of(
                            List.of(kubectl.program().toString(), "version", "--client"), Map.of(), null, COMMAND_LIMIT)
                    .ok()
                    .stdout();
            var match = Pattern.compile("v(\\d+\\.\\d+)").matcher(told);
            assertThat(match.find()).as(told).isTrue();
            return match.group(1);
        }

        Run run(Transcript.Step step) {
            Expectation expected = step.expected();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            Run run = run(step.command());
            while (step.patient()
                    && !expected.isMet(run.stdout(), run.exitCode())
                    && System.nanoTime() - deadline < 0) {
                pause();
                run = run(step.command());
            }
            return run;
        }

        private static void pause() {
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private Run run(String command) {
            List<String> words = new ArrayList<>(List.of("bash", "-c", "exec 2>&1\n" + command));
            return Run.of(words, environment, folder, COMMAND_LIMIT);
        }

        void close() {
            run("kubectl delete namespace " + namespace + " --wait=false").ok();
        }
    }
}
