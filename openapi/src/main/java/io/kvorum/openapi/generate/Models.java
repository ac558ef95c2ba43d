package io.kvorum.openapi.generate;

import com.google.gson.annotations.SerializedName;
import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.custom.Quantity;
import io.kvorum.openapi.generate.Definition.Field;
import io.kvorum.openapi.generate.Definition.Gvk;
import io.kvorum.openapi.generate.Resources.Resource;
import io.kvorum.openapi.generate.Resources.Subresource;
import io.swagger.annotations.ApiModel;
import io.swagger.annotations.ApiModelProperty;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the model classes of everything that is served, and of what it is made of. */
final class Models {
    static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    static final String INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    static final String TIME = ModelNames.META + ".Time";
    static final String MICRO_TIME = ModelNames.META + ".MicroTime";
    static final String RAW_EXTENSION = "io.k8s.apimachinery.pkg.runtime.RawExtension";
    static final String FIELDS = ModelNames.META + ".FieldsV1";
    static final String PATCH = ModelNames.META + ".Patch";
    static final String API_EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1";

    private static final List<String> META_KINDS = List.of(
            "APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "DeleteOptions", "Status", "WatchEvent");

    /** Times with microseconds; the models have one class for both kinds of time. */
    private static final Set<String> MICRO_TIMES = Set.of(
            "io.k8s.api.core.v1.Event.eventTime",
            "io.k8s.api.core.v1.EventSeries.lastObservedTime",
            "io.k8s.api.events.v1.Event.eventTime",
            "io.k8s.api.events.v1.EventSeries.lastObservedTime",
            "io.k8s.api.coordination.v1.LeaseSpec.acquireTime",
            "io.k8s.api.coordination.v1.LeaseSpec.renewTime");

    /** What stands behind the models' plain {@code Object}; where nothing is said, a raw extension. */
    private static final Map<String, String> OPEN_FIELDS = Map.of(
            ModelNames.META + ".ManagedFieldsEntry.fieldsV1", FIELDS,
            API_EXTENSIONS + ".CustomResourceSubresources.status", API_EXTENSIONS + ".CustomResourceSubresourceStatus",
            API_EXTENSIONS + ".JSONSchemaProps.additionalItems", API_EXTENSIONS + ".JSONSchemaPropsOrBool",
            API_EXTENSIONS + ".JSONSchemaProps.additionalProperties", API_EXTENSIONS + ".JSONSchemaPropsOrBool",
            API_EXTENSIONS + ".JSONSchemaProps.items", API_EXTENSIONS + ".JSONSchemaPropsOrArray",
            API_EXTENSIONS + ".JSONSchemaProps.dependencies", API_EXTENSIONS + ".JSONSchemaPropsOrStringArray",
            API_EXTENSIONS + ".JSONSchemaProps.default", API_EXTENSIONS + ".JSON",
            API_EXTENSIONS + ".JSONSchemaProps.enum", API_EXTENSIONS + ".JSON",
            API_EXTENSIONS + ".JSONSchemaProps.example", API_EXTENSIONS + ".JSON");

    private final Map<Class<?>, String> names = new HashMap<>();
    private final Map<Class<?>, List<Gvk>> gvks = new LinkedHashMap<>();
    private final Map<String, Definition> definitions = new TreeMap<>();

    private Models() {}

    /** All definitions by name. */
    static Map<String, Definition> read(List<Resource> resources) throws IOException {
        Models models = new Models();
        Map<String, Set<Class<?>>> rootsByGroup = models.roots(resources);
        // Core first: what core uses is core's, whoever else uses it.
        models.name("", rootsByGroup.getOrDefault("", Set.of()));
        rootsByGroup.forEach(models::name);
        models.names.forEach(models::define);
        models.defineScalars();
        models.definitions.putAll(GatewayModels.read(resources));
        models.definitions.replaceAll((name, definition) -> models.describeReferences(definition));
        return models.definitions;
    }

    /** The models tell nothing about a field that refers to a type; then what the type says is better than nothing. */
    private Definition describeReferences(Definition definition) {
        List<Field> fields = new ArrayList<>();
        for (Field field : definition.fields()) {
            boolean silent = field.description().isEmpty() && field.type() instanceof TypeRef.Named;
            @Nullable Definition type = silent ? definitions.get(((TypeRef.Named) field.type()).definition()) : null;
            fields.add(
                    type == null ? field : new Field(field.name(), type.description(), field.required(), field.type()));
        }
        return new Definition(definition.name(), definition.description(), fields, definition.gvks());
    }

    /** The served kinds' classes by group, with their group, version and kind noted. */
    private Map<String, Set<Class<?>>> roots(List<Resource> resources) {
        Map<String, Set<Class<?>>> roots = new TreeMap<>();
        Set<String> served = new LinkedHashSet<>();
        for (Resource resource : resources) {
            served.add(resource.group() + "/" + resource.version());
            if (resource.group().equals(GatewayModels.GROUP)) {
                continue;
            }
            root(roots, resource.group(), resource.version(), resource.kind(), true);
            if (resource.verbs().contains("list")) {
                root(roots, resource.group(), resource.version(), resource.kind() + "List", true);
            }
            for (Subresource subresource : resource.subresources()) {
                // Options such as PodExecOptions travel as query parameters and have no model.
                boolean required = !subresource.kind().endsWith("Options");
                root(roots, subresource.group(), subresource.version(), subresource.kind(), required);
            }
        }
        for (String kind : META_KINDS) {
            List<Gvk> where = new ArrayList<>();
            if (kind.equals("DeleteOptions") || kind.equals("WatchEvent")) {
                for (String groupVersion : served) {
                    int slash = groupVersion.indexOf('/');
                    where.add(new Gvk(groupVersion.substring(0, slash), groupVersion.substring(slash + 1), kind));
                }
            } else {
                where.add(new Gvk("", "v1", kind));
            }
            gvks.put(ModelNames.meta(kind), where);
            names.put(ModelNames.meta(kind), ModelNames.META + "." + kind);
        }
        names.put(ModelNames.model("VersionInfo").orElseThrow(), "io.k8s.apimachinery.pkg.version.Info");
        return roots;
    }

    private void root(Map<String, Set<Class<?>>> roots, String group, String version, String kind, boolean required) {
        Optional<Class<?>> model = ModelNames.kind(group, version, kind);
        if (model.isEmpty()) {
            if (required) {
                throw new IllegalStateException("no model of " + kind + " in " + group + "/" + version);
            }
            return;
        }
        gvks.computeIfAbsent(model.get(), m -> List.of(new Gvk(group, version, kind)));
        roots.computeIfAbsent(group, g -> new LinkedHashSet<>()).add(model.get());
    }

    /** Gives every model reachable from the roots its definition name, unless it has one. */
    private void name(String group, Set<Class<?>> roots) {
        Deque<Class<?>> open = new ArrayDeque<>(roots);
        Set<Class<?>> seen = new LinkedHashSet<>(roots);
        while (!open.isEmpty()) {
            Class<?> model = open.remove();
            names.computeIfAbsent(model, m -> ModelNames.definition(m, group));
            for (java.lang.reflect.Field field : fields(model)) {
                models(field.getGenericType(), next -> {
                    if (seen.add(next)) {
                        open.add(next);
                    }
                });
            }
        }
        // The meta kinds' parts (ListMeta, StatusDetails, ...) hang on no group.
        for (Class<?> known : List.copyOf(names.keySet())) {
            for (java.lang.reflect.Field field : fields(known)) {
                models(
                        field.getGenericType(),
                        next -> names.computeIfAbsent(next, m -> ModelNames.definition(m, group)));
            }
        }
    }

    private static void models(Type type, Consumer<Class<?>> found) {
        if (type instanceof ParameterizedType) {
            for (Type argument : ((ParameterizedType) type).getActualTypeArguments()) {
                models(argument, found);
            }
        } else if (type instanceof Class<?> && ((Class<?>) type).getName().contains(".openapi.models.")) {
            found.accept((Class<?>) type);
        }
    }

    private static List<java.lang.reflect.Field> fields(Class<?> model) {
        List<java.lang.reflect.Field> fields = new ArrayList<>();
        for (java.lang.reflect.Field field : model.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && field.isAnnotationPresent(SerializedName.class)) {
                fields.add(field);
            }
        }
        return fields;
    }

    private void define(Class<?> model, String name) {
        Map<String, ApiModelProperty> properties = new HashMap<>();
        for (Method method : model.getDeclaredMethods()) {
            ApiModelProperty property = method.getAnnotation(ApiModelProperty.class);
            if (property != null && method.getParameterCount() == 0) {
                properties.put(method.getName().toLowerCase(Locale.ROOT), property);
            }
        }
        List<Field> fields = new ArrayList<>();
        for (java.lang.reflect.Field field : fields(model)) {
            String json = field.getAnnotation(SerializedName.class).value();
            String getter = "get" + field.getName().replaceFirst("^_", "").toLowerCase(Locale.ROOT);
            @Nullable ApiModelProperty property = properties.get(getter);
            if (property == null) {
                throw new IllegalStateException(model.getSimpleName() + "." + json + " has no description");
            }
            TypeRef type = type(field.getGenericType(), name + "." + json);
            fields.add(new Field(json, property.value(), property.required(), type));
        }
        fields.sort(Comparator.comparing(Field::name));
        ApiModel about = model.getAnnotation(ApiModel.class);
        String description = about == null ? "" : about.description();
        definitions.put(name, new Definition(name, description, fields, gvks.getOrDefault(model, List.of())));
    }

    private TypeRef type(Type type, String field) {
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            return arguments.length == 1
                    ? new TypeRef.ListOf(type(arguments[0], field))
                    : new TypeRef.MapOf(type(arguments[1], field));
        } else if (type == String.class) {
            return new TypeRef.Scalar("string", "");
        } else if (type == Integer.class) {
            return new TypeRef.Scalar("integer", "int32");
        } else if (type == Long.class) {
            return new TypeRef.Scalar("integer", "int64");
        } else if (type == Double.class) {
            return new TypeRef.Scalar("number", "double");
        } else if (type == Boolean.class) {
            return new TypeRef.Scalar("boolean", "");
        } else if (type == byte[].class) {
            return new TypeRef.Scalar("string", "byte");
        } else if (type == OffsetDateTime.class) {
            return new TypeRef.Named(MICRO_TIMES.contains(field) ? MICRO_TIME : TIME);
        } else if (type == Quantity.class) {
            return new TypeRef.Named(QUANTITY);
        } else if (type == IntOrString.class) {
            return new TypeRef.Named(INT_OR_STRING);
        } else if (type == Object.class) {
            return new TypeRef.Named(OPEN_FIELDS.getOrDefault(field, RAW_EXTENSION));
        }
        @Nullable String name = names.get(type);
        if (name == null) {
            throw new IllegalStateException(field + " is of the unknown type " + type.getTypeName());
        }
        return new TypeRef.Named(name);
    }

    /** The types whose JSON is not an object with fields; {@link SchemaJson} knows their form. */
    private void defineScalars() {
        scalar(
                QUANTITY,
                "A fixed-point number with an optional suffix: a power of two (Ki, Mi, Gi, Ti, Pi, Ei), a power"
                        + " of ten (n, u, m, k, M, G, T, P, E) or a decimal exponent. It is written back in canonical form: no"
                        + " precision lost, no fractional digits, the largest fitting suffix.");
        scalar(INT_OR_STRING, "A 32-bit integer or a string; a string is often a percentage such as 25%.");
        scalar(TIME, "A time as RFC 3339 writes it, in whole seconds.");
        scalar(MICRO_TIME, "A time as RFC 3339 writes it, with microseconds.");
        scalar(RAW_EXTENSION, "An object of a type that the holder does not know, kept as it is.");
        scalar(
                FIELDS,
                "A set of fields in the form of a trie: 'f:<name>' for a field, 'k:<keys>' for a list item by"
                        + " its keys, 'v:<value>' for an item of a set, 'i:<index>' for an item by position, '.' for the value"
                        + " itself.");
        scalar(PATCH, "A patch in the form its content type names.");
        scalar(API_EXTENSIONS + ".JSON", "Any valid JSON value: bool, number, string, array, object or null.");
        scalar(API_EXTENSIONS + ".JSONSchemaPropsOrArray", "A JSONSchemaProps or an array of them.");
        scalar(API_EXTENSIONS + ".JSONSchemaPropsOrBool", "A JSONSchemaProps or a boolean; true if absent.");
        scalar(API_EXTENSIONS + ".JSONSchemaPropsOrStringArray", "A JSONSchemaProps or an array of strings.");
        scalar(
                API_EXTENSIONS + ".CustomResourceSubresourceStatus",
                "How the status subresource of a custom resource"
                        + " is served: status through /status only, everything else through the main endpoint.");
    }

    private void scalar(String name, String description) {
        definitions.put(name, new Definition(name, description, List.of(), List.of()));
    }
}
