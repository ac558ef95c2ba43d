package io.kvorum.cel;

import io.kvorum.api.CelWords;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How expressions name fields that are no identifiers (Kubernetes documentation, "Validation rules"). */
final class PropertyNames {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_.\\-/][A-Za-z0-9_.\\-/]*");

    private PropertyNames() {}

    /** The name in expressions; null for a field that they cannot reach. */
    static @Nullable String escape(String name) {
        if (!IDENTIFIER.matcher(name).matches()) {
            return null;
        }
        if (CelWords.ESCAPED.contains(name)) {
            return "__" + name + "__";
        }
        return name.replace("__", "__underscores__")
                .replace(".", "__dot__")
                .replace("-", "__dash__")
                .replace("/", "__slash__");
    }
}
