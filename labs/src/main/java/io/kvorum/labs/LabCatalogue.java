package io.kvorum.labs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The labs of a folder, each in a folder of its own. Listed in the order of the file {@code order}, then by name. */
public final class LabCatalogue {
    private static final String ORDER = "order";

    private final List<Lab> labs;

    private LabCatalogue(List<Lab> labs) {
        this.labs = labs;
    }

    public static LabCatalogue read(Path folder) {
        try (Stream<Path> folders = Files.list(folder)) {
            List<String> order =
                    Files.exists(folder.resolve(ORDER)) ? Files.readAllLines(folder.resolve(ORDER)) : List.of();
            return new LabCatalogue(folders.filter(lab -> Files.exists(lab.resolve(LabFile.NAME)))
                    .map(LabFile::read)
                    .sorted(Comparator.<Lab>comparingInt(lab -> place(order, lab.id()))
                            .thenComparing(Lab::id))
                    .toList());
        } catch (IOException e) {
            throw new LabException("cannot read the labs in " + folder + ": " + e.getMessage(), e);
        }
    }

    private static int place(List<String> order, String id) {
        int at = order.indexOf(id);
        return at < 0 ? order.size() : at;
    }

    public List<Lab> labs() {
        return labs;
    }

    public Lab lab(String id) {
        return labs.stream()
                .filter(lab -> lab.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new LabException("no lab is named \"" + id + "\"; there are: "
                        + labs.stream().map(Lab::id).collect(Collectors.joining(", "))));
    }
}
