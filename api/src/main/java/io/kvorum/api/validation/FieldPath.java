package io.kvorum.api.validation;

import org.jspecify.annotations.Nullable;

/** Where in an object a value stands: {@code spec.containers[0].env[1].name}, {@code metadata.labels[a/b]}. Immutable. */
public final class FieldPath {
    /** The object itself. */
    public static final FieldPath ROOT = new FieldPath(null, "");

    private final @Nullable FieldPath parent;
    private final String step;

    private FieldPath(@Nullable FieldPath parent, String step) {
        this.parent = parent;
        this.step = step;
    }

    public static FieldPath of(String field, String... more) {
        return ROOT.child(field).child(more);
    }

    public FieldPath child(String... fields) {
        FieldPath here = this;
        for (String field : fields) {
            here = new FieldPath(here, here.parent == null ? field : "." + field);
        }
        return here;
    }

    public FieldPath index(int index) {
        return new FieldPath(this, "[" + index + "]");
    }

    public FieldPath key(String key) {
        return new FieldPath(this, "[" + key + "]");
    }

    @Override
    public String toString() {
        return parent == null ? step : parent + step;
    }
}
