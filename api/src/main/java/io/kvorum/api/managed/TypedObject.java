package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;

/** An object with its type. Neither is changed by anything here. */
record TypedObject(FieldType type, ObjectNode value) {
    /** @throws TypeMismatchException when the object is not of the type */
    void check() {
        TypeCheck.check(type, value);
    }

    FieldSet fields() {
        try {
            return FieldCollector.collect(type, value);
        } catch (ListItems.UnidentifiableException e) {
            throw new TypeMismatchException(e.why());
        }
    }

    TypedObject merge(ObjectNode applied) {
        try {
            return of(TreeMerge.merge(type, value, applied));
        } catch (ListItems.UnidentifiableException e) {
            throw new TypeMismatchException(e.why());
        }
    }

    TypedObject without(FieldSet set) {
        try {
            return of(FieldRemoval.remove(type, value, set));
        } catch (ListItems.UnidentifiableException e) {
            throw new TypeMismatchException(e.why());
        }
    }

    private TypedObject of(@org.jspecify.annotations.Nullable JsonNode tree) {
        return new TypedObject(type, tree instanceof ObjectNode object ? object : Tree.newObject());
    }
}
