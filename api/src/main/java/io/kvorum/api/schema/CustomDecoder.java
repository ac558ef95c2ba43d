package io.kvorum.api.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomObjects;
import io.kvorum.api.custom.CustomType;
import io.kvorum.api.managed.GoValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Turns a request's body into an object of a custom type: what the definition's schema does not know is dropped, named
 * in a warning or refused; metadata is read as ObjectMeta. Whether values fit the schema is not looked at here.
 */
final class CustomDecoder {
    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    private static final JsonFactory JSON = new JsonFactory();
    private static final ObjectMapper TREES = new ObjectMapper();

    private CustomDecoder() {}

    /** @throws ApiException 400 if the body is no JSON object with a kind, or is refused for its fields */
    static Decoded decode(CustomType type, byte[] json, FieldValidation mode) {
        try (JsonParser parser = JSON.createParser(json)) {
            LooseReader reader = new LooseReader();
            JsonNode tree = reader.read(parser);
            return finish(type, tree, json, reader.duplicates(), mode, misfit -> cannotBeHandled(type, misfit));
        } catch (JsonProcessingException e) {
            String error = JsonSyntax.error(json);
            throw unrecognized(
                    type,
                    "couldn't get version/kind; json parse error: "
                            + (error.isEmpty() ? e.getOriginalMessage() : error),
                    json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading an array does no I/O
        }
    }

    static Decoded decode(CustomType type, JsonNode tree, FieldValidation mode) {
        return decode(type, tree, mode, misfit -> cannotBeHandled(type, misfit));
    }

    /** @param refusal what to throw when metadata are none or, in strict mode, there are fields that must not be */
    static Decoded decode(
            CustomType type, JsonNode tree, FieldValidation mode, Function<Misfit, ApiException> refusal) {
        return finish(type, tree, tree.toString().getBytes(StandardCharsets.UTF_8), List.of(), mode, refusal);
    }

    private static Decoded finish(
            CustomType type,
            JsonNode tree,
            byte[] body,
            List<String> duplicates,
            FieldValidation mode,
            Function<Misfit, ApiException> refusal) {
        if (!(tree instanceof ObjectNode object)) {
            throw unrecognized(
                    type,
                    "json: cannot unmarshal " + GoValue.json(tree) + " into Go value of type map[string]interface {}",
                    body);
        }
        String kind = Tree.text(object, "kind");
        if (kind.isEmpty()) {
            throw unrecognized(
                    type, "Object 'Kind' is missing in '" + new String(body, StandardCharsets.UTF_8) + "'", body);
        }
        String apiVersion = Tree.text(object, "apiVersion");
        if (!apiVersion.isEmpty() && !apiVersion.equals(type.apiVersion())) {
            throw ApiException.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + type.apiVersion() + ")");
        }
        object.put("apiVersion", type.apiVersion());
        List<String> strict = new ArrayList<>(duplicates);
        metadata(object, strict, refusal);
        CustomObjects.prune(type, object).forEach(path -> strict.add("unknown field \"" + path + "\""));
        if (mode == FieldValidation.STRICT && !strict.isEmpty()) {
            String error = "strict decoding error: " + String.join(", ", strict);
            throw refusal.apply(new Misfit(error, error));
        }
        CustomObjects.setDefaults(type, object);
        return new Decoded(object, mode == FieldValidation.WARN ? List.copyOf(strict) : List.of());
    }

    /** Makes the metadata what ObjectMeta is. */
    private static void metadata(ObjectNode object, List<String> strict, Function<Misfit, ApiException> refusal) {
        JsonNode given = object.path("metadata");
        TypedReader reader = new TypedReader();
        try (JsonParser parser = TREES.treeAsTokens(given.isMissingNode() ? Tree.newObject() : given)) {
            ObjectNode metadata = reader.read(parser, Schemas.load().definition(OBJECT_META));
            if (!reader.otherThanObject().isEmpty() || reader.misfit().isPresent()) {
                String error = reader.misfit()
                        .map(Misfit::decoding)
                        .map(CustomDecoder::ofMetadata)
                        .orElse(reader.otherThanObject());
                throw refusal.apply(new Misfit(error, error));
            }
            object.set("metadata", metadata);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a tree does no I/O
        }
        for (String error : reader.strictErrors()) {
            int quote = error.indexOf('"');
            strict.add(error.substring(0, quote + 1) + "metadata." + error.substring(quote + 1));
        }
    }

    private static String ofMetadata(String error) {
        return error.replace("Go struct field ObjectMeta.", "Go struct field ObjectMeta.metadata.");
    }

    private static ApiException cannotBeHandled(CustomType type, Misfit misfit) {
        return ApiException.badRequest(type.kind() + " in version \"" + type.name() + "\" cannot be handled as a "
                + type.kind() + ": " + misfit.decoding());
    }

    private static ApiException unrecognized(CustomType type, String why, byte[] body) {
        return ApiException.badRequest("the object provided is unrecognized (must be of type " + type.kind() + "): "
                + why + " (" + Decoder.summary(body) + ")");
    }
}
