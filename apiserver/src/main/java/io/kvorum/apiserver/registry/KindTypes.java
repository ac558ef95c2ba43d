package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.custom.CustomType;
import io.kvorum.api.managed.BuiltinTypes;
import io.kvorum.api.managed.FieldType;
import io.kvorum.api.managed.JsonSchemaType;
import io.kvorum.api.managed.SchemaSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The types of all kinds that are served, built in or defined by a CustomResourceDefinition. */
public final class KindTypes implements SchemaSource {
    private final ResourceCatalog catalog;
    private final Map<String, Custom> customs = new ConcurrentHashMap<>();

    /** @param definition what the type was made from; another one replaces it */
    private record Custom(CustomType definition, FieldType type) {}

    public KindTypes(ResourceCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public FieldType type(String apiVersion, String kind) {
        FieldType builtin = BuiltinTypes.load().type(apiVersion, kind);
        if (builtin != FieldType.DEDUCED) {
            return builtin;
        }
        int slash = apiVersion.indexOf('/');
        CustomType definition = catalog.byKind(
                        slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind)
                .map(ResourceInfo::custom)
                .orElse(null);
        return definition == null ? FieldType.DEDUCED : custom(apiVersion + '/' + kind, definition);
    }

    private FieldType custom(String key, CustomType definition) {
        Custom known = customs.get(key);
        if (known == null || known.definition() != definition) {
            known = new Custom(definition, JsonSchemaType.of(definition.schema().source()));
            customs.put(key, known);
        }
        return known.type();
    }

    @Override
    public ObjectNode blank(String apiVersion, String kind) {
        return BuiltinTypes.load().blank(apiVersion, kind);
    }
}
