package io.kvorum.apiserver.crd;

import io.kvorum.api.ResourceInfo;
import io.kvorum.openapi.OpenApiDocuments;
import io.kvorum.openapi.OpenApiDocuments.Document;
import java.util.List;
import java.util.Optional;

/**
 * The OpenAPI documents of this moment: those of the built-in API, with the custom resources where there are any. Asked
 * on the event loop; what it answers is read off it.
 */
public final class CustomOpenApi {
    private final CustomResources resources;
    private final Documents builtin;
    private CustomDocuments documents;

    /** The documents for one state of the definitions; reading one may take milliseconds. */
    public interface Documents {
        Document v2Json();

        Document v2Protobuf();

        Document v3Index();

        Optional<Document> v3(String path);
    }

    /** @param builtin {@link #builtin}, or a part of it */
    public CustomOpenApi(CustomResources resources, Documents builtin) {
        this.resources = resources;
        this.builtin = builtin;
        this.documents = new CustomDocuments(List.of(), builtin);
    }

    /** The documents of the built-in API as they were made at build time. */
    public static Documents builtin(OpenApiDocuments documents) {
        return new Builtin(documents);
    }

    public Documents now() {
        List<ResourceInfo> custom = resources.custom();
        if (custom.isEmpty()) {
            return builtin;
        }
        if (!same(custom, documents.resources())) {
            documents = new CustomDocuments(List.copyOf(custom), builtin);
        }
        return new Merged(documents, builtin);
    }

    private static boolean same(List<ResourceInfo> one, List<ResourceInfo> other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (one.get(i) != other.get(i)) {
                return false;
            }
        }
        return true;
    }

    private record Builtin(OpenApiDocuments documents) implements Documents {
        @Override
        public Document v2Json() {
            return documents.v2Json();
        }

        @Override
        public Document v2Protobuf() {
            return documents.v2Protobuf();
        }

        @Override
        public Document v3Index() {
            return documents.v3Index();
        }

        @Override
        public Optional<Document> v3(String path) {
            return documents.v3(path);
        }
    }

    private record Merged(CustomDocuments custom, Documents builtin) implements Documents {
        @Override
        public Document v2Json() {
            return custom.v2Json();
        }

        @Override
        public Document v2Protobuf() {
            return custom.v2Protobuf();
        }

        @Override
        public Document v3Index() {
            return custom.v3Index();
        }

        @Override
        public Optional<Document> v3(String path) {
            return custom.v3(path).or(() -> builtin.v3(path));
        }
    }
}
