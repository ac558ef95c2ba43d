package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.openapi.OpenApiDocuments.Document;
import io.kvorum.openapi.protobuf.V2Protobuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Documents without the paths that are not served and the definitions that only those speak of. Each is made when first
 * asked for, which takes milliseconds: off the event loop. Safe for use by several threads.
 */
public final class TrimmedDocuments implements CustomOpenApi.Documents {
    private static final String URL = "serverRelativeURL";

    private final CustomOpenApi.Documents whole;
    private final Predicate<String> served;
    private final Map<String, Document> made = new ConcurrentHashMap<>();

    /**
     * @param served whether a path of the API, {@code /apis/apps/v1/deployments}, and a document by its path below
     *     {@code /openapi/v3/}, {@code apis/apps/v1}, is
     */
    public TrimmedDocuments(CustomOpenApi.Documents whole, Predicate<String> served) {
        this.whole = whole;
        this.served = served;
    }

    /** Two threads may make the same document at the same time: they are equal. */
    private Document once(String name, Supplier<ObjectNode> maker) {
        Document known = made.get(name);
        if (known == null) {
            known = Document.of(CustomDocuments.encode(maker.get()));
            made.put(name, known);
        }
        return known;
    }

    @Override
    public Document v2Json() {
        return once("v2", this::v2);
    }

    @Override
    public Document v2Protobuf() {
        Document known = made.get("v2.pb");
        if (known == null) {
            known = Document.of(V2Protobuf.encode(v2()));
            made.put("v2.pb", known);
        }
        return known;
    }

    private ObjectNode v2() {
        ObjectNode document = CustomDocuments.parse(whole.v2Json());
        trim(document, document.path("definitions"));
        return document;
    }

    @Override
    public Document v3Index() {
        return once("v3", () -> {
            ObjectNode index = CustomDocuments.parse(whole.v3Index());
            ObjectNode paths = (ObjectNode) index.path("paths");
            for (String path : names(paths)) {
                Optional<Document> document = v3(path);
                if (document.isEmpty()) {
                    paths.remove(path);
                } else {
                    paths.putObject(path)
                            .put(
                                    URL,
                                    "/openapi/v3/" + path + "?hash="
                                            + document.get().hash());
                }
            }
            return index;
        });
    }

    @Override
    public Optional<Document> v3(String path) {
        if (!served.test(path)) {
            return Optional.empty();
        }
        return whole.v3(path)
                .map(document -> once("v3/" + path, () -> {
                    ObjectNode tree = CustomDocuments.parse(document);
                    trim(tree, tree.path("components").path("schemas"));
                    return tree;
                }));
    }

    private void trim(ObjectNode document, JsonNode definitions) {
        if (!(document.path("paths") instanceof ObjectNode paths)) {
            return;
        }
        Set<String> gone = reachable(paths, definitions);
        for (String path : names(paths)) {
            if (!served.test(path)) {
                paths.remove(path);
            }
        }
        gone.removeAll(reachable(paths, definitions));
        if (definitions instanceof ObjectNode all) {
            all.remove(gone);
        }
    }

    /** Names of the definitions that paths speak of, and those speak of. */
    private static Set<String> reachable(JsonNode paths, JsonNode definitions) {
        Set<String> seen = new HashSet<>();
        Deque<JsonNode> left = new ArrayDeque<>(List.of(paths));
        while (!left.isEmpty()) {
            for (JsonNode reference : left.pop().findValues("$ref")) {
                String text = reference.asText();
                String name = text.substring(text.lastIndexOf('/') + 1);
                if (seen.add(name)) {
                    left.push(definitions.path(name));
                }
            }
        }
        return seen;
    }

    private static List<String> names(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
