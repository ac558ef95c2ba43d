package io.kvorum.cli.launcher;

import java.nio.file.Path;

/**
 * The class-data archive of all Kvorum JVMs: parsed and verified classes, mapped and shared by every process. Made once
 * by the first {@code up} from the lists of classes that a training cluster loaded; a JVM that does not fit it ignores
 * it.
 */
public final class CdsArchive {
    private CdsArchive() {}

    /** Where the archive of this very JVM belongs: beside the jars. */
    public static Path file(Path lib) {
        return lib.resolveSibling("cds")
                .resolve(Runtime.version().toString().replaceAll("[^A-Za-z0-9.]", "_") + ".jsa");
    }
}
