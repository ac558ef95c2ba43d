package io.kvorum.api.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns a request's body into an object of a known type: what does not fit the type is refused, what the type does not
 * know is dropped, named in a warning or refused. Messages are those of the Kubernetes API server. Stateless.
 *
 * <p>A null means that the field is absent; an empty list or map of an optional field, and a zero where zero is no value
 * of its own, count as absent too, because upstream's types leave them out when they are written. Whether required fields are there is not looked at here.
 */
public final class Decoder {
    private static final JsonFactory JSON = new JsonFactory();
    private static final ObjectMapper TREES = new ObjectMapper();
    private static final String SCHEME = "pkg/api/legacyscheme/scheme.go:30";

    private Decoder() {}

    /** @throws ApiException 400 if the body is not JSON, not of the resource's kind, or not of its shape */
    public static Decoded decode(ResourceInfo info, byte[] json, FieldValidation mode) {
        if (info.custom() != null) {
            return CustomDecoder.decode(info.custom(), json, mode);
        }
        return decode(info.apiVersion(), info.kind(), json, mode);
    }

    /** As the other, for a body that is parsed already (YAML, a patch's result). */
    public static Decoded decode(ResourceInfo info, JsonNode tree, FieldValidation mode) {
        if (info.custom() != null) {
            return CustomDecoder.decode(info.custom(), tree, mode);
        }
        return decode(info.apiVersion(), info.kind(), tree, mode);
    }

    /**
     * As the other, for a tree that is no request's body.
     *
     * @param refusal what to throw when the tree is not of its type or, in strict mode, has fields it must not have
     */
    public static Decoded decode(
            ResourceInfo info, JsonNode tree, FieldValidation mode, Function<Misfit, ApiException> refusal) {
        return info.custom() == null
                ? decode(info.apiVersion(), info.kind(), tree, mode, refusal)
                : CustomDecoder.decode(info.custom(), tree, mode, refusal);
    }

    /** For the kinds of subresources: {@code autoscaling/v1}, {@code Scale}. */
    public static Decoded decode(String apiVersion, String kind, byte[] json, FieldValidation mode) {
        TypedReader reader = new TypedReader();
        try (JsonParser parser = JSON.createParser(json)) {
            ObjectNode object = reader.read(parser, Schemas.load().of(apiVersion, kind));
            if (!reader.otherThanObject().isEmpty()) {
                throw unrecognized(kind, reader.otherThanObject(), json);
            }
            return finish(apiVersion, kind, object, reader, mode, misfit -> cannotBeHandled(apiVersion, kind, misfit));
        } catch (JsonProcessingException e) {
            String error = JsonSyntax.error(json);
            throw unrecognized(kind, error.isEmpty() ? e.getOriginalMessage() : error, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading an array does no I/O
        }
    }

    /** For the kinds of subresources, parsed already. */
    public static Decoded decode(String apiVersion, String kind, JsonNode tree, FieldValidation mode) {
        return decode(apiVersion, kind, tree, mode, misfit -> cannotBeHandled(apiVersion, kind, misfit));
    }

    /**
     * As the other, for a tree that is no request's body.
     *
     * @param refusal what to throw when the tree is not of its type or, in strict mode, has fields it must not have
     */
    public static Decoded decode(
            String apiVersion,
            String kind,
            JsonNode tree,
            FieldValidation mode,
            Function<Misfit, ApiException> refusal) {
        TypedReader reader = new TypedReader();
        try (JsonParser parser = TREES.treeAsTokens(tree)) {
            ObjectNode object = reader.read(parser, Schemas.load().of(apiVersion, kind));
            if (!reader.otherThanObject().isEmpty()) {
                byte[] body = tree.toString().getBytes(StandardCharsets.UTF_8);
                throw unrecognized(kind, reader.otherThanObject(), body);
            }
            return finish(apiVersion, kind, object, reader, mode, refusal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ApiException unrecognized(String kind, String why, byte[] body) {
        return ApiException.badRequest("the object provided is unrecognized (must be of type " + kind
                + "): couldn't get version/kind; json parse error: " + why + " (" + summary(body) + ")");
    }

    /** The body's beginning, as upstream quotes it: text if it may be JSON, else hexadecimal. */
    static String summary(byte[] body) {
        int max = 30;
        if (body.length == 0) {
            return "<empty>";
        }
        boolean cut = body.length > max;
        int shown = Math.min(body.length, max);
        String text = body[0] == '{'
                ? new String(body, 0, shown, StandardCharsets.UTF_8)
                : HexFormat.of().formatHex(body, 0, shown);
        return cut ? text + " ..." : text;
    }

    private static Decoded finish(
            String apiVersion,
            String kind,
            ObjectNode object,
            TypedReader reader,
            FieldValidation mode,
            Function<Misfit, ApiException> refusal) {
        String givenVersion = textOr(object, "apiVersion", apiVersion);
        String givenKind = textOr(object, "kind", kind);
        boolean same = givenVersion.equals(apiVersion) && givenKind.equals(kind);
        if (!same && !deleteOptionsOfAnyGroup(kind, givenKind)) {
            throw mismatch(apiVersion, kind, givenVersion, givenKind);
        }
        Optional<Misfit> misfit = reader.misfit();
        if (misfit.isPresent()) {
            throw refusal.apply(misfit.get());
        }
        List<String> strict = reader.strictErrors();
        if (mode == FieldValidation.STRICT && !strict.isEmpty()) {
            String error = "strict decoding error: " + String.join(", ", strict);
            throw refusal.apply(new Misfit(error, error));
        }
        object.put("apiVersion", apiVersion);
        object.put("kind", kind);
        return new Decoded(object, mode == FieldValidation.WARN ? List.copyOf(strict) : List.of());
    }

    /** Every group version, of custom resources too, has DeleteOptions of its own, and all of them are the same. */
    private static boolean deleteOptionsOfAnyGroup(String kind, String givenKind) {
        return kind.equals("DeleteOptions") && givenKind.equals(kind);
    }

    private static ApiException cannotBeHandled(String apiVersion, String kind, Misfit misfit) {
        return cannotBeHandled(apiVersion, kind, kind, misfit.decoding());
    }

    private static ApiException cannotBeHandled(String apiVersion, String given, String expected, String why) {
        String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
        return ApiException.badRequest(
                given + " in version \"" + version + "\" cannot be handled as a " + expected + ": " + why);
    }

    private static ApiException mismatch(String apiVersion, String kind, String givenVersion, String givenKind) {
        boolean known = !givenVersion.isEmpty()
                && Schemas.load().find(givenVersion, givenKind).isPresent();
        if (!known) {
            return cannotBeHandled(
                    givenVersion,
                    givenKind,
                    kind,
                    "no kind \"" + givenKind + "\" is registered for version \"" + givenVersion + "\" in scheme \""
                            + SCHEME + "\"");
        }
        if (givenKind.equals(kind) && sharesStorage(apiVersion, givenVersion)) {
            return ApiException.badRequest("the API version in the data (" + givenVersion
                    + ") does not match the expected API version (" + apiVersion + ")");
        }
        String why = "converting (" + goPackage(givenVersion, false) + "." + givenKind + ") to ("
                + goPackage(apiVersion, true) + "." + kind + "): unknown conversion";
        return cannotBeHandled(givenVersion, givenKind, kind, why);
    }

    /** Whether two versions of a kind are faces of one thing: the same group, or the two groups of Event. */
    private static boolean sharesStorage(String one, String other) {
        return group(one).equals(group(other))
                || BuiltinCatalog.load()
                                .byKind(group(one), version(one), "Event")
                                .isPresent()
                        && BuiltinCatalog.load()
                                .byKind(group(other), version(other), "Event")
                                .isPresent();
    }

    /** {@code v1} outside, {@code core} or {@code apps} for the type upstream stores. */
    private static String goPackage(String apiVersion, boolean internal) {
        if (!internal) {
            return version(apiVersion);
        }
        String group = group(apiVersion);
        int dot = group.indexOf('.');
        return group.isEmpty() ? "core" : dot < 0 ? group : group.substring(0, dot);
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    private static String version(String apiVersion) {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }

    private static String textOr(ObjectNode object, String field, String fallback) {
        JsonNode value = object.get(field);
        return value == null || value.asText().isEmpty() ? fallback : value.asText();
    }
}
