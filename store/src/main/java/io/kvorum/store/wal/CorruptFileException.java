package io.kvorum.store.wal;

import java.io.IOException;
import java.nio.file.Path;

/** A file of the store does not hold what was written to it. The message names the file and the offset of the damage. */
public final class CorruptFileException extends IOException {
    public CorruptFileException(Path file, long offset, String what) {
        super("file " + file + " is damaged at offset " + offset + ": " + what
                + " (restore this member's folder from a backup, or remove it to let the other members fill it again)");
    }
}
