package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of one run, {@code pods/UID/containers/NAME/ATTEMPT}: {@code launch.json}, {@code pid}, {@code exit},
 * {@code log...} and {@code rootfs}, the container's own files.
 */
record ContainerFolder(Path path) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What {@code launch.json} keeps. Holds secrets: readable by the owner only. */
    record Launch(
            List<String> command, Map<String, String> environment, String workingDir, Map<String, String> details) {}

    /** A process: its id and its start time in clock ticks since boot, {@code -} where that is not known. */
    record Identity(long pid, String start) {
        boolean alive() {
            return ProcFs.alive(pid, start);
        }
    }

    /** The main process, and the shell that will record its end. */
    record Processes(Identity main, Identity shim) {
        /** Reads {@code PID START SHIM START}. */
        static Processes parse(String line) {
            String[] parts = line.split(" ", -1);
            if (parts.length != 4) {
                throw new IllegalArgumentException("not two processes and their start times: \"" + line + "\"");
            }
            return new Processes(
                    new Identity(Long.parseLong(parts[0]), parts[1]), new Identity(Long.parseLong(parts[2]), parts[3]));
        }
    }

    static ContainerFolder of(Path rootDir, ContainerId id) {
        return new ContainerFolder(rootDir.resolve("pods")
                .resolve(id.podUid())
                .resolve("containers")
                .resolve(id.container())
                .resolve(Integer.toString(id.attempt())));
    }

    Path rootfs() {
        return path.resolve("rootfs");
    }

    Path workingDir(String dir) {
        Path folder = rootfs().resolve(dir.replaceFirst("^/+", "")).normalize();
        return folder.startsWith(rootfs()) ? folder : rootfs();
    }

    void create() throws IOException {
        Files.createDirectories(path);
        Files.createDirectories(rootfs());
    }

    void writeLaunch(Launch launch) throws IOException {
        Path next = path.resolve("launch.json.new");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(
                next,
                JSON.writeValueAsBytes(Map.of(
                        "command", launch.command(),
                        "environment", launch.environment(),
                        "workingDir", launch.workingDir(),
                        "details", launch.details())));
        Files.move(next, path.resolve("launch.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    Launch readLaunch() throws IOException {
        JsonNode tree;
        try {
            tree = JSON.readTree(Files.readAllBytes(path.resolve("launch.json")));
        } catch (JacksonException e) {
            throw new IOException(path.resolve("launch.json") + " cannot be read", e);
        }
        return new Launch(
                JSON.convertValue(tree.get("command"), new TypeReference<List<String>>() {}),
                JSON.convertValue(tree.get("environment"), new TypeReference<Map<String, String>>() {}),
                tree.path("workingDir").asString(),
                JSON.convertValue(tree.get("details"), new TypeReference<Map<String, String>>() {}));
    }

    /** Null until the main process exists. */
    @Nullable
    Processes processes() throws IOException {
        String text = read("pid");
        if (text == null) {
            return null;
        }
        try {
            return Processes.parse(text.trim());
        } catch (IllegalArgumentException e) {
            throw new IOException(path.resolve("pid") + " cannot be read", e);
        }
    }

    /** Null until the shim has recorded the end. */
    @Nullable
    ContainerExit exit() throws IOException {
        String text = read("exit");
        // Being written: the line is there once its end is.
        if (text == null || !text.endsWith("\n")) {
            return null;
        }
        return new ContainerExit(
                Integer.parseInt(text.trim()),
                Files.getLastModifiedTime(path.resolve("exit")).toInstant(),
                true);
    }

    /** Records an end nobody saw. */
    void writeExit(int code) throws IOException {
        Files.writeString(path.resolve("exit.lost"), code + "\n");
        Files.move(path.resolve("exit.lost"), path.resolve("exit"), StandardCopyOption.ATOMIC_MOVE);
    }

    private @Nullable String read(String file) throws IOException {
        try {
            return Files.readString(path.resolve(file), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** The runs whose folders lie below {@code rootDir}. */
    static List<ContainerId> list(Path rootDir) throws IOException {
        List<ContainerId> found = new ArrayList<>();
        Path pods = rootDir.resolve("pods");
        for (Path pod : children(pods)) {
            for (Path container : children(pod.resolve("containers"))) {
                for (Path attempt : children(container)) {
                    if (name(attempt).matches("\\d{1,9}")) {
                        found.add(new ContainerId(name(pod), name(container), Integer.parseInt(name(attempt))));
                    }
                }
            }
        }
        return found;
    }

    static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static String name(Path path) {
        return Objects.requireNonNull(path.getFileName()).toString();
    }

    /** Deletes a tree; links are deleted, never followed. */
    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
