/**
 * The types of the API's objects ({@link io.kvorum.api.schema.Schemas}) and what follows from them: decoding with field
 * validation ({@link io.kvorum.api.schema.Decoder}) and the check of required fields. The types come from compact
 * resources that module openapi generates; each is read when first needed.
 */
@NullMarked
package io.kvorum.api.schema;

import org.jspecify.annotations.NullMarked;
