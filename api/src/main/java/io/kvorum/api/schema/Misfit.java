package io.kvorum.api.schema;

/**
 * Why a value is not of its type, in the words of the two ways upstream reads one.
 *
 * @param decoding as its JSON decoder says it; also unknown and duplicate fields in strict mode
 * @param conversion as its conversion from untyped maps says it, which strategic merge patches go through
 */
public record Misfit(String decoding, String conversion) {}
