package io.kvorum.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupFolderTest {
    private static final Instant START = Instant.parse("2026-11-25T23:59:58Z");

    @TempDir
    Path folder;

    private void backup(long secondsLater, long revision) throws IOException {
        Files.writeString(new BackupFolder(folder).file(START.plusSeconds(secondsLater), revision), "x");
    }

    @Test
    void namesSayTimeAndRevisionAndAreSortedByThem() throws Exception {
        backup(5, 30);
        backup(0, 10);
        backup(0, 9);
        BackupFolder backups = new BackupFolder(folder);
        assertThat(backups.entries()).extracting(BackupFolder.Entry::revision).containsExactly(9L, 10L, 30L);
        assertThat(backups.entries().get(2).takenAt()).isEqualTo(START.plusSeconds(5));
        assertThat(backups.file(START, 7)).hasFileName("20261125T235958Z-r7.backup");
    }

    @Test
    void onlyTheOldestOfItsOwnFilesGo() throws Exception {
        for (int i = 0; i < 5; i++) {
            backup(i, i);
        }
        Files.writeString(folder.resolve("mine.backup"), "x");
        BackupFolder backups = new BackupFolder(folder);
        assertThat(backups.prune(2)).extracting(BackupFolder.Entry::revision).containsExactly(0L, 1L, 2L);
        assertThat(backups.entries()).extracting(BackupFolder.Entry::revision).containsExactly(3L, 4L);
        assertThat(folder.resolve("mine.backup")).exists();
        assertThat(backups.prune(2)).isEmpty();
    }

    @Test
    void whatWasCutShortIsTidiedAwayAndNothingElse() throws Exception {
        backup(0, 1);
        Files.writeString(folder.resolve(".kvorum-backup123.partial"), "x");
        Files.writeString(folder.resolve("notes.partial"), "x");
        new BackupFolder(folder).tidy();
        assertThat(folder.resolve(".kvorum-backup123.partial")).doesNotExist();
        assertThat(folder.resolve("notes.partial")).exists();
        assertThat(new BackupFolder(folder).entries()).hasSize(1);
    }

    @Test
    void aFolderThatIsNotThereHasNone() throws Exception {
        assertThat(new BackupFolder(folder.resolve("none")).entries()).isEmpty();
    }
}
