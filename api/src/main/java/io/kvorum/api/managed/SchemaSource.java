package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Where the types of objects come from: built-in kinds, custom resources. */
public interface SchemaSource {
    /** The type of a kind's objects; {@link FieldType#DEDUCED} when nothing is known of it. */
    FieldType type(String apiVersion, String kind);

    /**
     * What is there before an object is made: the fields upstream's types write even when nobody sets them. Whoever
     * creates an object manages what differs from it. Not to be changed.
     */
    ObjectNode blank(String apiVersion, String kind);
}
