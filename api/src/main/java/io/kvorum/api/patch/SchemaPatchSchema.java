package io.kvorum.api.patch;

import io.kvorum.api.schema.Schema;
import java.util.Set;

/** What a strategic merge patch asks of a type, answered by its schema. */
public record SchemaPatchSchema(Schema schema) implements PatchSchema {
    @Override
    public PatchSchema field(String name) {
        Schema items = schema.items();
        Schema holder = items == null ? schema : items;
        Schema found = holder.property(name);
        if (found == null) {
            found = holder.additionalProperties();
        }
        return found == null ? PatchSchema.UNKNOWN : new SchemaPatchSchema(found);
    }

    @Override
    public Set<String> strategies() {
        return Set.copyOf(schema.patchStrategies());
    }

    @Override
    public String mergeKey() {
        String key = schema.patchMergeKey();
        return key == null ? "" : key;
    }
}
