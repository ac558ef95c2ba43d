package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.store.BackupFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvorum store backups}: the backups that the cluster made by itself. */
@Command(name = "backups", description = "List the periodic backups, newest last.")
final class StoreBackupsCommand implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        boolean json = output.json();
        List<BackupFolder.Entry> entries = new BackupFolder(cluster.existing().backups()).entries();
        if (json) {
            ObjectNode list = new ObjectMapper().createObjectNode();
            ArrayNode backups = list.putArray("backups");
            for (BackupFolder.Entry entry : entries) {
                backups.addObject()
                        .put("file", entry.file().toString())
                        .put("takenAt", entry.takenAt().toString())
                        .put("revision", entry.revision())
                        .put("bytes", entry.bytes());
            }
            OutputOption.print(list);
            return 0;
        }
        if (entries.isEmpty()) {
            System.err.println("no periodic backups in " + cluster.folder().backups());
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TAKEN", "REVISION", "SIZE", "FILE"));
        for (BackupFolder.Entry entry : entries) {
            rows.add(List.of(
                    entry.takenAt().toString(),
                    Long.toString(entry.revision()),
                    (entry.bytes() >> 10) + "Ki",
                    entry.file().toString()));
        }
        OutputOption.table(rows);
        return 0;
    }
}
