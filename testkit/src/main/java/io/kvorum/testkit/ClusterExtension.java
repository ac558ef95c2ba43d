package io.kvorum.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class a cluster of real processes, by {@link KvorumTest} or as a static field:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ClusterExtension CLUSTER = ClusterExtension.with("--stores", "3", "--nodes", "1");
 * }</pre>
 *
 * <p>The cluster is started before the class's first test, in {@code target/clusters/<class>}; nested classes share it.
 * After each test all its faults are healed (if it left the cluster up); after a failed one the newest lines of every component's log go to {@code
 * failed-<test>.log} in that folder. In the end the cluster is taken down: its folder is deleted if all tests passed and
 * kept if one failed.
 */
public final class ClusterExtension implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ClusterExtension.class);
    private static final int LOG_LINES = 200;

    private final @Nullable List<String> flags;
    private volatile @Nullable Running running;

    /** For {@link KvorumTest}, whose flags it takes. */
    public ClusterExtension() {
        this(null);
    }

    private ClusterExtension(@Nullable List<String> flags) {
        this.flags = flags;
    }

    /** @param flags of {@code kvorum up} */
    public static ClusterExtension with(String... flags) {
        return new ClusterExtension(List.of(flags));
    }

    /** A started cluster, taken down with the context it was started for. */
    private static final class Running implements AutoCloseable {
        private final TestCluster cluster;
        private boolean failed;

        Running(TestCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public void close() {
            if (failed) {
                cluster.close();
                System.err.println("a test failed; the cluster's logs are in " + cluster.home());
            } else {
                cluster.kvorum("down", "--purge").ok();
                delete(cluster.home());
            }
        }
    }

    /** The cluster, while the class's tests run. */
    public TestCluster cluster() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("the cluster is started before the first test of the class");
        }
        return now.cluster;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running = running(context);
    }

    private Running running(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .computeIfAbsent("cluster", key -> start(context.getRequiredTestClass()), Running.class);
    }

    private Running start(Class<?> test) {
        List<String> wanted = flags;
        if (wanted == null) {
            KvorumTest annotation = test.getAnnotation(KvorumTest.class);
            wanted = annotation == null ? List.of() : List.of(annotation.flags());
        }
        Path home = Path.of("target", "clusters", test.getSimpleName()).toAbsolutePath();
        delete(home);
        TestCluster cluster = TestCluster.in(home);
        String[] words = Stream.concat(Stream.of("up"), wanted.stream()).toArray(String[]::new);
        Run up = cluster.kvorum(words);
        if (up.exitCode() != 0) {
            throw new AssertionError("the cluster did not start; its logs are in " + home + "\n" + up);
        }
        return new Running(cluster);
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Running now = running(context);
        if (context.getExecutionException().isPresent()) {
            now.failed = true;
            Path log = now.cluster
                    .home()
                    .resolve("failed-" + context.getDisplayName().replaceAll("[^A-Za-z0-9._-]+", "-") + ".log");
            Files.writeString(log, now.cluster.logs(LOG_LINES));
            System.err.println(context.getDisplayName() + " failed; the components' newest lines are in " + log);
        }
        Faults faults = now.cluster.faults();
        if (faults.reachable()) {
            faults.heal();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestCluster.class || type == Faults.class || type == Kubectl.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == Kubectl.class) {
            return Kubectl.standard();
        }
        TestCluster cluster = running(context).cluster;
        return type == Faults.class ? cluster.faults() : cluster;
    }
}
