package io.kvorum.apiserver.config;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * A configuration file that is read again when it changes.
 *
 * @param text what was in it when the server started
 * @param reading understands it, not on an event loop; throws IllegalArgumentException saying all that is wrong
 */
public record ConfigFile<T>(Path path, String text, Function<String, T> reading) {
    /** Secrets are not told. */
    @Override
    public String toString() {
        return "ConfigFile[" + path + "]";
    }
}
