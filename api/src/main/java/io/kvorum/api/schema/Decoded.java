package io.kvorum.api.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * An object as its type knows it.
 *
 * @param object without unknown fields and without nulls; {@code apiVersion} and {@code kind} are always there
 * @param warnings what the client should be told, for example {@code unknown field "spec.foo"}
 */
public record Decoded(ObjectNode object, List<String> warnings) {}
