package io.kvorum.store.backup;

import java.io.IOException;

/** A file is no backup, or not one that can be used. The message says in one line what and where; it does not name the file. */
public final class BackupException extends IOException {
    public BackupException(String message) {
        super(message);
    }
}
