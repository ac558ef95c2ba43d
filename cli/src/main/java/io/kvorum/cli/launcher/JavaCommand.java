package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Jvm;
import io.kvorum.cli.cluster.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a Kvorum JVM is started: the flags that make eight of them start fast on two cores (the serial collector and C1 only
 * unless told otherwise, a shared class-data archive, one class path for all so that they can share it).
 *
 * @param java the java program
 * @param lib folder with every jar
 * @param archive class-data archive, null when there is none (yet)
 * @param classLists where to write lists of loaded classes for a new archive, null in normal operation
 */
record JavaCommand(
        Path java,
        Path lib,
        @Nullable Path archive,
        @Nullable Path classLists) {
    private static final int UNSAFE_WARNS_SINCE = 24;

    static JavaCommand here(Path lib) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path archive = CdsArchive.file(lib);
        String lists = System.getenv("KVORUM_CLASS_LISTS");
        return new JavaCommand(
                java, lib, Files.exists(archive) ? archive : null, lists == null ? null : Path.of(lists));
    }

    /** The same for a distribution of its own. */
    JavaCommand at(Release release) {
        return release.dist().isEmpty() ? this : here(Path.of(release.dist(), "lib"));
    }

    /** Fails with the remedy when a release names a folder that is no distribution. */
    static void check(Release release) {
        Path lib = Path.of(release.dist(), "lib");
        if (!release.dist().isEmpty() && !Files.isDirectory(lib)) {
            throw new CommandFailure(
                    release.dist() + " is no distribution: it has no folder lib; build one (mvn -Dquick -DskipTests"
                            + " package) and name its dist/target/kvorum",
                    2);
        }
    }

    /** The class path, in a fixed order: an archive is only used with the very class path it was made with. */
    String classPath() throws IOException {
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.map(Path::toString)
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .collect(Collectors.joining(":"));
        }
    }

    Path imagesJar() throws IOException {
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("kvorum-images-"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("kvorum-images jar is missing in " + lib));
        }
    }

    /** @param name names the class list, should one be written */
    List<String> of(String name, String mainClass, Jvm jvm, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(flags(name, jvm));
        command.addAll(List.of("-cp", classPath(), mainClass));
        command.addAll(arguments);
        return command;
    }

    private List<String> flags(String name, Jvm jvm) {
        List<String> flags = new ArrayList<>(jvm.flags());
        flags.addAll(List.of(
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xms24m",
                "-Xss512k",
                // Fewer wake-ups of an idle JVM: its periodic safepoint and its look at unused monitors.
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:GuaranteedSafepointInterval=0",
                "-XX:AsyncDeflationInterval=5000",
                "-Xshare:auto",
                "-Xlog:disable",
                "-Xlog:all=error:stderr"));
        if (classLists != null) {
            flags.add("-XX:DumpLoadedClassList=" + classLists.resolve(name + ".classlist"));
        } else if (archive != null) {
            flags.add("-XX:SharedArchiveFile=" + archive);
            // Mapped where it was dumped for: relocated, its pages would be patched and private to each process.
            flags.add("-XX:ArchiveRelocationMode=0");
        }
        if (Runtime.version().feature() >= UNSAFE_WARNS_SINCE) {
            flags.add("--sun-misc-unsafe-memory-access=allow");
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        return flags;
    }
}
