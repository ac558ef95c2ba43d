package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What custom resources do around writes. */
public final class CustomStrategy implements Strategy {
    private final CustomType type;

    public CustomStrategy(CustomType type) {
        this.type = type;
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        if (type.hasStatus()) {
            object.remove("status");
        }
        Tree.ensureObject(object, "metadata").put("generation", 1);
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        if (type.hasStatus()) {
            copy(old, next, "status");
        }
        long generation = Tree.number(old, "metadata", "generation");
        ObjectNode metadata = Tree.ensureObject(next, "metadata");
        metadata.put("generation", contentDiffers(old, next) ? generation + 1 : generation);
    }

    private boolean contentDiffers(ObjectNode old, ObjectNode next) {
        return !content(old).equals(content(next));
    }

    /** All that the generation counts. */
    private ObjectNode content(ObjectNode object) {
        ObjectNode content = Tree.newObject();
        content.setAll(object);
        content.remove("metadata");
        if (type.hasStatus()) {
            content.remove("status");
        }
        return content;
    }

    @Override
    public void prepareStatusUpdate(ObjectNode old, ObjectNode next) {
        JsonNode status = next.get("status");
        JsonNode managed = Tree.at(next, "metadata").get("managedFields");
        List<String> names = new ArrayList<>();
        next.fieldNames().forEachRemaining(names::add);
        next.remove(names);
        next.setAll(old.deepCopy());
        if (status == null) {
            next.remove("status");
        } else {
            next.set("status", status);
        }
        if (managed != null) {
            Tree.ensureObject(next, "metadata").set("managedFields", managed);
        }
    }

    @Override
    public void canonicalize(ObjectNode object) {
        // Objects are stored as they are.
    }

    @Override
    public boolean hasGeneration() {
        return true;
    }

    @Override
    public boolean allowCreateOnUpdate() {
        return false;
    }

    @Override
    public boolean allowUnconditionalUpdate() {
        return false;
    }

    @Override
    public long deletionGraceSeconds(ObjectNode object, @Nullable Long requested) {
        return 0;
    }

    private static void copy(ObjectNode from, ObjectNode to, String field) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value.deepCopy());
        }
    }
}
