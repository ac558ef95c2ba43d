package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a custom resource, read from its CustomResourceDefinition: everything about its objects that a built-in
 * kind has in code. Immutable.
 */
public final class CustomType {
    private final JsonNode definition;
    private final JsonNode version;
    private final StructuralSchema schema;
    private final @Nullable ValueSchema values;
    private final RuleSet rules;
    private final List<PrinterColumn> columns;
    private final StructuralSchema storageSchema;
    private final List<String> selectableFields;

    /**
     * Paths into an object of what its scale shows, in the form {@code .spec.replicas}.
     *
     * @param selector empty for none
     */
    public record ScalePaths(String specReplicas, String statusReplicas, String selector) {}

    /** A column of {@code kubectl get}. */
    public record PrinterColumn(
            String name, String type, String format, String description, int priority, String jsonPath) {}

    private CustomType(JsonNode definition, JsonNode version, RuleSet.Compiler compiler) {
        this.definition = definition;
        this.version = version;
        JsonNode source = Tree.at(version, "schema", "openAPIV3Schema");
        this.schema = source.isObject() ? StructuralSchema.of(source) : StructuralSchema.anything();
        this.values = source.isObject() ? ValueSchema.of(source) : null;
        this.rules = compiler.compile(schema);
        this.columns = readColumns(version);
        this.storageSchema = Tree.flag(version, "storage") ? schema : storageSchema(definition);
        List<String> selectable = new ArrayList<>();
        Tree.items(version, "selectableFields").forEach(field -> selectable.add(Tree.text(field, "jsonPath")));
        this.selectableFields = List.copyOf(selectable);
    }

    /**
     * @param definition a valid CustomResourceDefinition; not to be written to any more
     * @param version the entry of {@code spec.versions}
     */
    public static CustomType of(JsonNode definition, JsonNode version, RuleSet.Compiler compiler) {
        return new CustomType(definition, version, compiler);
    }

    private static StructuralSchema storageSchema(JsonNode definition) {
        for (JsonNode one : Tree.items(definition, "spec", "versions")) {
            JsonNode source = Tree.at(one, "schema", "openAPIV3Schema");
            if (Tree.flag(one, "storage") && source.isObject()) {
                return StructuralSchema.of(source);
            }
        }
        return StructuralSchema.anything();
    }

    private static List<PrinterColumn> readColumns(JsonNode version) {
        List<PrinterColumn> columns = new ArrayList<>();
        for (JsonNode column : Tree.items(version, "additionalPrinterColumns")) {
            columns.add(new PrinterColumn(
                    Tree.text(column, "name"),
                    Tree.text(column, "type"),
                    Tree.text(column, "format"),
                    Tree.text(column, "description"),
                    (int) Tree.number(column, "priority"),
                    Tree.text(column, "jsonPath")));
        }
        return List.copyOf(columns);
    }

    /** The whole definition. Not to be written to. */
    public JsonNode definition() {
        return definition;
    }

    /** The definition's name, {@code crontabs.stable.example.com}. */
    public String definitionName() {
        return Tree.text(definition, "metadata", "name");
    }

    public String name() {
        return Tree.text(version, "name");
    }

    public String group() {
        return Tree.text(definition, "spec", "group");
    }

    public String apiVersion() {
        return group() + "/" + name();
    }

    public String kind() {
        return Tree.text(definition, "status", "acceptedNames", "kind");
    }

    public String listKind() {
        return Tree.text(definition, "status", "acceptedNames", "listKind");
    }

    public boolean namespaced() {
        return Tree.text(definition, "spec", "scope").equals("Namespaced");
    }

    /** Whether fields that the schema does not know are kept everywhere: only definitions of old may ask for that. */
    public boolean preservesUnknown() {
        return Tree.flag(definition, "spec", "preserveUnknownFields");
    }

    public StructuralSchema schema() {
        return schema;
    }

    /** The schema of the version objects are stored in. */
    StructuralSchema storageSchema() {
        return storageSchema;
    }

    public RuleSet rules() {
        return rules;
    }

    @Nullable
    ValueSchema values() {
        return values;
    }

    public boolean hasStatus() {
        return Tree.at(version, "subresources", "status").isObject();
    }

    /** Null for a resource without scale. */
    public @Nullable ScalePaths scale() {
        JsonNode scale = Tree.at(version, "subresources", "scale");
        return scale.isObject()
                ? new ScalePaths(
                        Tree.text(scale, "specReplicasPath"),
                        Tree.text(scale, "statusReplicasPath"),
                        Tree.text(scale, "labelSelectorPath"))
                : null;
    }

    /** Empty where the definition names none. */
    public List<PrinterColumn> columns() {
        return columns;
    }

    /** In the form {@code .spec.color}. */
    public List<String> selectableFields() {
        return selectableFields;
    }

    /** What clients of the version are told; empty for nothing. */
    public String deprecationWarning() {
        if (!Tree.flag(version, "deprecated")) {
            return "";
        }
        String given = Tree.text(version, "deprecationWarning");
        return given.isEmpty() ? apiVersion() + " " + kind() + " is deprecated" : given;
    }

    public boolean convertsByWebhook() {
        return Tree.text(definition, "spec", "conversion", "strategy").equals("Webhook");
    }

    /** The name of the version objects are stored in. */
    public String storageVersion() {
        for (JsonNode one : Tree.items(definition, "spec", "versions")) {
            if (Tree.flag(one, "storage")) {
                return Tree.text(one, "name");
            }
        }
        return name();
    }

    /** Whether the definition is being deleted, and its objects with it. */
    public boolean terminating() {
        return Conditions.isTrue(definition, "Terminating");
    }
}
