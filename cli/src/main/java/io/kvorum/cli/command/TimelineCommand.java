package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.timeline.Timeline;
import io.kvorum.cli.timeline.TimelineEvent;
import io.kvorum.cli.timeline.TimelinePage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvorum timeline}: what happened in a cluster, from all its sources, in one ordered list. */
@Command(
        name = "timeline",
        description = {
            "Show what happened: elections, faults, processes, pods, scheduling, rollouts, nodes, lost requests.",
            "Works while the cluster is up, broken or down."
        })
public final class TimelineCommand implements Callable<Integer> {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final List<String> FORMATS = List.of("text", "json", "html");

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            description = "how far back to look, for example 5m; everything recorded if left out")
    @Nullable
    String since;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text, json or html (one page without anything from elsewhere); text if left out")
    String format = "text";

    @Option(names = "--kind", paramLabel = "KIND,..", split = ",", description = "only these: fault,election,pod ...")
    List<String> kinds = List.of();

    @Option(names = "--out", paramLabel = "FILE", description = "write to this file instead of standard output")
    @Nullable
    Path out;

    @Override
    public Integer call() throws IOException {
        if (!FORMATS.contains(format)) {
            throw new CommandFailure("-o \"" + format + "\" is not known; choose one of " + FORMATS, 2);
        }
        ClusterFolder folder = cluster.folder();
        if (!Files.isDirectory(folder.root())) {
            throw new CommandFailure(
                    "there is no cluster \"" + cluster.name + "\"; start one with: kvorum up" + cluster.nameFlag(), 1);
        }
        Instant from = since == null ? Instant.EPOCH : Instant.now().minus(DurationArgument.parse("--since", since));
        Timeline read = Timeline.read(folder.timeline(), from);
        if (read.unreadable() > 0) {
            System.err.println("kvorum: " + read.unreadable() + " lines in " + folder.timeline()
                    + " are no events and were left out; docs/timeline.md has the format");
        }
        List<TimelineEvent> events = read.events().stream()
                .filter(event -> kinds.isEmpty() || kinds.contains(event.kind()))
                .toList();
        String text = switch (format) {
            case "json" -> json(events);
            case "html" -> TimelinePage.of(cluster.name, events);
            default -> table(events);
        };
        if (out != null) {
            Files.writeString(out, text);
            System.err.println(events.size() + " events written to " + out);
        } else {
            System.out.write(text.getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        }
        return 0;
    }

    private static String json(List<TimelineEvent> events) throws IOException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(events) + "\n";
    }

    private static String table(List<TimelineEvent> events) {
        int lanes =
                events.stream().mapToInt(event -> event.lane().length()).max().orElse(0);
        int all = events.stream().mapToInt(event -> event.kind().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (TimelineEvent event : events) {
            text.append(CLOCK.format(Instant.parse(event.time())))
                    .append(event.warning() ? "  ! " : "    ")
                    .append(String.format("%-" + all + "s  %-" + lanes + "s  ", event.kind(), event.lane()))
                    .append(event.message())
                    .append('\n');
        }
        return text.toString();
    }
}
