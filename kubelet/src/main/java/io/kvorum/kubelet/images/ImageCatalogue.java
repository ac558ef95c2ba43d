package io.kvorum.kubelet.images;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The images of a node: the user's descriptors ({@code *.properties} in a folder, read at each look-up, so that a new
 * one counts at once) before the built-in ones.
 */
public final class ImageCatalogue {
    /** Flags of the JVMs of built-in images: quick to start, small. */
    private static final List<String> JAVA_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx32m",
            "-Xss256k",
            "-XX:-UsePerfData",
            "-XX:ReservedCodeCacheSize=16m");

    private final @Nullable Path folder;
    private final String javaClassPath;
    private final Path programs;
    private final List<ImageDescriptor> builtin;

    /**
     * @param folder the user's descriptors; null or missing for none
     * @param javaClassPath class path of the built-in images' programs
     * @param programs where {@link #programFolder} makes its folders
     */
    public ImageCatalogue(@Nullable Path folder, String javaClassPath, Path programs) throws IOException {
        this.folder = folder;
        this.javaClassPath = javaClassPath;
        this.programs = programs;
        Properties properties = new Properties();
        try (InputStream in = Objects.requireNonNull(ImageCatalogue.class.getResourceAsStream("builtin.properties"))) {
            properties.load(in);
        }
        List<ImageDescriptor> all = new ArrayList<>();
        for (String image : properties.getProperty("images", "").split(",", -1)) {
            all.add(ImageDescriptor.parse(properties, image.trim() + "."));
        }
        this.builtin = List.copyOf(all);
    }

    /** The descriptor of an image, or null when there is none. Errors: a descriptor file that is wrong. */
    public @Nullable ImageDescriptor find(ImageReference image) throws IOException {
        for (ImageDescriptor descriptor : userDescriptors()) {
            if (descriptor.matches(image)) {
                return descriptor;
            }
        }
        for (ImageDescriptor descriptor : builtin) {
            if (descriptor.matches(image)) {
                return descriptor;
            }
        }
        return null;
    }

    private List<ImageDescriptor> userDescriptors() throws IOException {
        if (folder == null || !Files.isDirectory(folder)) {
            return List.of();
        }
        List<ImageDescriptor> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".properties"))
                    .sorted()
                    .toList()) {
                Properties properties = new Properties();
                try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                    properties.load(in);
                    all.add(ImageDescriptor.parse(properties, ""));
                } catch (IllegalArgumentException e) {
                    throw new IOException("image descriptor " + file + ": " + e.getMessage(), e);
                }
            }
        }
        return all;
    }

    /**
     * The program and arguments of a container, as Docker joins an image's ENTRYPOINT and CMD with a pod's {@code
     * command} and {@code args}.
     */
    public List<String> commandLine(ImageDescriptor image, List<String> command, List<String> args) {
        List<String> line = new ArrayList<>();
        if (!command.isEmpty()) {
            if (!image.provides().contains(command.get(0))) {
                line.addAll(command);
                line.addAll(args);
                return line;
            }
            line.addAll(entrypoint(image));
            line.addAll(command.subList(1, command.size()));
            line.addAll(args);
            return line;
        }
        line.addAll(entrypoint(image));
        List<String> rest = args.isEmpty() ? image.command() : args;
        boolean named = !image.entrypoint().isEmpty()
                && !rest.isEmpty()
                && image.provides().contains(rest.get(0));
        line.addAll(named ? rest.subList(1, rest.size()) : rest);
        return line;
    }

    /** Whether a container with this command line creates {@code KVORUM_READY_FILE} once it can serve. */
    public boolean announces(ImageDescriptor image, List<String> commandLine) {
        List<String> entrypoint = entrypoint(image);
        return image.announces()
                && commandLine.size() >= entrypoint.size()
                && commandLine.subList(0, entrypoint.size()).equals(entrypoint);
    }

    /**
     * A folder with a program for each name the image provides, for the container's {@code PATH}: so {@code sh -c "exec
     * nginx"} works as in the real image. Null when it provides none.
     */
    public @Nullable Path programFolder(ImageDescriptor image) throws IOException {
        List<String> entrypoint = entrypoint(image);
        if (entrypoint.isEmpty() || image.provides().isEmpty()) {
            return null;
        }
        StringBuilder line = new StringBuilder("#!/bin/sh\nexec");
        entrypoint.forEach(
                word -> line.append(" '").append(word.replace("'", "'\\''")).append('\''));
        String script = line.append(" \"$@\"\n").toString();
        Path bin = programs.resolve(image.digest().replace(':', '-'));
        Files.createDirectories(bin);
        for (String provided : image.provides()) {
            Path program = bin.resolve(provided.substring(provided.lastIndexOf('/') + 1));
            if (!Files.exists(program) || !Files.readString(program).equals(script)) {
                // Put in place whole: other containers of the image may be starting.
                Path next = Files.createTempFile(bin, ".", ".tmp");
                Files.writeString(next, script);
                Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.move(next, program, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return bin;
    }

    private List<String> entrypoint(ImageDescriptor image) {
        if (!image.javaMain()) {
            return image.entrypoint();
        }
        List<String> line = new ArrayList<>();
        line.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        line.addAll(JAVA_FLAGS);
        line.add("-cp");
        line.add(javaClassPath);
        line.addAll(image.entrypoint());
        return line;
    }

    /** What a user reads when an image is not in the catalogue. */
    public static String notFound(ImageReference image) {
        return "no program stands behind image \"" + image + "\": not found in the image catalogue;"
                + " add it with: kvorum image add " + image + " --exec PATH";
    }
}
