package io.kvorum.controllers.volume;

import java.io.IOException;
import java.nio.file.Path;

/** Deletes a folder with all in it; links are deleted, never followed. Blocks. */
@FunctionalInterface
public interface FolderDeletion {
    void delete(Path folder) throws IOException;
}
