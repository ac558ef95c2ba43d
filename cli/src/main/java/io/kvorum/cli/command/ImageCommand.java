package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kvorum.cli.cluster.CommandFailure;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code kvorum image}: the programs that stand behind image names, beside the built-in ones. One descriptor file each in
 * the cluster's folder; kubelets read them at every pull, so a change counts at once.
 */
@Command(
        name = "image",
        description = "Say which programs of this machine stand behind image names.",
        subcommands = {ImageCommand.Add.class, ImageCommand.ListAll.class, ImageCommand.Remove.class})
public final class ImageCommand {
    /** A name as pods give it, with or without registry and tag; {@code *} for any run of characters. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9*][a-z0-9._*-]*(:[0-9]+/)?[a-zA-Z0-9._/:*-]*");

    private static Path file(ClusterOption cluster, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new CommandFailure("\"" + name + "\" is no image name", 2);
        }
        String safe = name.replace('/', '+').replace(':', '=').replace('*', '%');
        return cluster.existing().imageCatalog().resolve(safe + ".properties");
    }

    /** {@code kvorum image add}. */
    @Command(
            name = "add",
            description = "Let a program stand behind an image name.",
            footer = {
                "",
                "A name without a tag stands for every tag. The program runs with the pod's args, or with its command",
                "when the pod gives one. Example: kvorum image add my/app:1.0 --exec ./app --env LEVEL=info"
            })
    static final class Add implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        @Parameters(paramLabel = "NAME", description = "the image's name, for example my/app or my/app:1.0")
        String name = "";

        @Option(names = "--exec", paramLabel = "PATH", required = true, description = "the program")
        Path program = Path.of("");

        @Option(names = "--arg", paramLabel = "ARG", description = "an argument that always comes first; repeatable")
        List<String> arguments = new ArrayList<>();

        @Option(
                names = "--env",
                paramLabel = "KEY=VALUE",
                description = "a variable of its environment; ${tag} stands for the tag asked for; repeatable")
        Map<String, String> environment = new LinkedHashMap<>();

        @Option(names = "--workdir", paramLabel = "PATH", description = "the folder that it starts in")
        String workingFolder = "";

        @Override
        public Integer call() throws IOException {
            Path file = file(cluster, name);
            Path absolute = program.toAbsolutePath().normalize();
            if (!Files.isRegularFile(absolute) || !Files.isExecutable(absolute)) {
                throw new CommandFailure("--exec " + program + ": there is no program that may be executed", 1);
            }
            Properties descriptor = new Properties();
            descriptor.setProperty("names", name);
            descriptor.setProperty("exec", absolute.toString());
            if (!arguments.isEmpty()) {
                descriptor.setProperty("arguments", new ObjectMapper().writeValueAsString(arguments));
            }
            if (!workingFolder.isEmpty()) {
                descriptor.setProperty("workingDir", workingFolder);
            }
            environment.forEach((key, value) -> descriptor.setProperty("env." + key, value));
            Files.createDirectories(cluster.folder().imageCatalog());
            boolean replaced = Files.exists(file);
            try (Writer out = Files.newBufferedWriter(file)) {
                descriptor.store(out, null);
            }
            System.out.println("image " + name + (replaced ? " replaced" : " added"));
            return 0;
        }
    }

    /** {@code kvorum image list}. */
    @Command(name = "list", description = "List what was added; the built-in images are always there.")
    static final class ListAll implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        @Mixin
        OutputOption output = new OutputOption();

        private record Entry(String name, String program) {}

        @Override
        public Integer call() throws IOException {
            boolean json = output.json();
            List<Entry> entries = entries(cluster.existing().imageCatalog());
            if (json) {
                ArrayNode list = new ObjectMapper().createArrayNode();
                entries.forEach(
                        entry -> list.addObject().put("name", entry.name).put("exec", entry.program));
                OutputOption.print(list);
                return 0;
            }
            int width = entries.stream()
                    .mapToInt(entry -> entry.name.length())
                    .max()
                    .orElse(0);
            System.out.printf("%-" + Math.max(4, width) + "s   PROGRAM%n", "NAME");
            entries.forEach(
                    entry -> System.out.printf("%-" + Math.max(4, width) + "s   %s%n", entry.name, entry.program));
            return 0;
        }

        private static List<Entry> entries(Path folder) throws IOException {
            if (!Files.isDirectory(folder)) {
                return List.of();
            }
            List<Entry> entries = new ArrayList<>();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".properties"))
                        .sorted()
                        .toList()) {
                    Properties descriptor = new Properties();
                    try (Reader in = Files.newBufferedReader(file)) {
                        descriptor.load(in);
                    }
                    String program = descriptor.getProperty(
                            "exec", descriptor.getProperty("java", descriptor.getProperty("entrypoint", "")));
                    entries.add(new Entry(descriptor.getProperty("names", ""), program));
                }
            }
            return entries;
        }
    }

    /** {@code kvorum image remove}. */
    @Command(name = "remove", description = "Take an image out again; containers that run go on.")
    static final class Remove implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        @Parameters(paramLabel = "NAME", description = "the name it was added by")
        String name = "";

        @Override
        public Integer call() throws IOException {
            if (!Files.deleteIfExists(file(cluster, name))) {
                throw new CommandFailure("no image was added as \"" + name + "\"; kvorum image list lists them", 1);
            }
            System.out.println("image " + name + " removed");
            return 0;
        }
    }
}
