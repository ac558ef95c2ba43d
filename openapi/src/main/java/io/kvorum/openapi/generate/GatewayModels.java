package io.kvorum.openapi.generate;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kvorum.openapi.generate.Definition.Field;
import io.kvorum.openapi.generate.Definition.Gvk;
import io.kvorum.openapi.generate.Resources.Resource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the kinds of the Gateway API from fabric8's model classes: their fields and types. The classes say neither what
 * a field means nor which must be there; {@code gateway-fields.tsv} does, and a field it does not name is not served:
 * those are experimental in the Gateway API, or belong to features that the gateway does not have.
 */
final class GatewayModels {
    static final String GROUP = "gateway.networking.k8s.io";
    /** The group turned round, as upstream names the definitions of custom resources. */
    static final String PACKAGE = "io.k8s.networking.gateway.";

    private static final String FILE = "gateway-fields.tsv";
    private static final String MODELS = "io.fabric8.kubernetes.api.model.gatewayapi.";
    private static final Map<String, String> SHARED = Map.of(
            "ObjectMeta", ModelNames.META + ".ObjectMeta",
            "Condition", ModelNames.META + ".Condition",
            "LabelSelector", ModelNames.META + ".LabelSelector");

    /** What the file says of a type (empty field) or of one of its fields. */
    private record Said(boolean required, String description) {}

    private final Map<String, Map<String, Said>> said = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private final Map<String, Definition> definitions = new TreeMap<>();

    private GatewayModels() {}

    /** The definitions of all resources of the group, by name; empty if there are none. */
    static Map<String, Definition> read(List<Resource> resources) throws IOException {
        GatewayModels models = new GatewayModels();
        models.readFile();
        for (Resource resource : resources) {
            if (resource.group().equals(GROUP)) {
                models.kind(resource);
            }
        }
        for (String type : models.said.keySet()) {
            if (!models.used.contains(type)) {
                throw new IllegalStateException(FILE + " speaks of " + type + ", which no served kind uses");
            }
        }
        return models.definitions;
    }

    private void readFile() throws IOException {
        try (InputStream in = GatewayModels.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("resource " + FILE + " is missing");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            lines.readLine(); // the heading
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] f = line.split("\t", -1);
                said.computeIfAbsent(f[0], type -> new HashMap<>()).put(f[1], new Said(f[2].equals("required"), f[3]));
            }
        }
    }

    /** The kind, everything it is made of, and its list. */
    private void kind(Resource resource) {
        Gvk gvk = new Gvk(resource.group(), resource.version(), resource.kind());
        String pack = ModelNames.packageOf(resource.group(), resource.version());
        Class<?> root = model(resource.version() + "." + resource.kind());
        Deque<Class<?>> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Class<?> model = open.remove();
            String name = pack + "." + model.getSimpleName();
            if (!definitions.containsKey(name)) {
                definitions.put(name, define(model, name, pack, model == root ? List.of(gvk) : List.of(), open));
            }
        }
        String list = pack + "." + resource.kind() + "List";
        definitions.put(
                list,
                new Definition(
                        list,
                        "A list of " + resource.kind() + " objects.",
                        List.of(
                                new Field("apiVersion", "Version of the schema of this object.", false, string()),
                                new Field(
                                        "items",
                                        "The objects.",
                                        true,
                                        new TypeRef.ListOf(new TypeRef.Named(pack + "." + resource.kind()))),
                                new Field("kind", "The kind of this object.", false, string()),
                                new Field(
                                        "metadata",
                                        "Standard list metadata.",
                                        false,
                                        new TypeRef.Named(ModelNames.META + ".ListMeta"))),
                        List.of(new Gvk(resource.group(), resource.version(), resource.kind() + "List"))));
    }

    private static Class<?> model(String name) {
        try {
            return Class.forName(MODELS + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("no model " + name, e);
        }
    }

    private static TypeRef string() {
        return new TypeRef.Scalar("string", "");
    }

    private Definition define(Class<?> model, String name, String pack, List<Gvk> gvks, Deque<Class<?>> open) {
        @Nullable Map<String, Said> about = said.get(model.getSimpleName());
        if (about == null) {
            throw new IllegalStateException(FILE + " says nothing of " + model.getSimpleName());
        }
        used.add(model.getSimpleName());
        Set<String> missing = new HashSet<>(about.keySet());
        List<Field> fields = new ArrayList<>();
        for (java.lang.reflect.Field field : model.getDeclaredFields()) {
            @Nullable JsonProperty property = field.getAnnotation(JsonProperty.class);
            @Nullable Said words = property == null ? null : about.get(property.value());
            if (property != null && words != null) {
                missing.remove(property.value());
                fields.add(new Field(
                        property.value(),
                        words.description(),
                        words.required(),
                        type(field.getGenericType(), pack, open)));
            }
        }
        missing.remove("");
        if (!missing.isEmpty()) {
            throw new IllegalStateException(FILE + " speaks of unknown fields of " + name + ": " + missing);
        }
        fields.sort(Comparator.comparing(Field::name));
        @Nullable Said itself = about.get("");
        return new Definition(name, itself == null ? "" : itself.description(), fields, gvks);
    }

    private TypeRef type(Type type, String pack, Deque<Class<?>> open) {
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            return arguments.length == 1
                    ? new TypeRef.ListOf(type(arguments[0], pack, open))
                    : new TypeRef.MapOf(type(arguments[1], pack, open));
        } else if (type == String.class) {
            return string();
        } else if (type == Integer.class) {
            return new TypeRef.Scalar("integer", "int32");
        } else if (type == Boolean.class) {
            return new TypeRef.Scalar("boolean", "");
        }
        Class<?> model = (Class<?>) type;
        @Nullable String shared = SHARED.get(model.getSimpleName());
        if (shared != null) {
            return new TypeRef.Named(shared);
        }
        if (!model.getName().startsWith(MODELS)) {
            throw new IllegalStateException("a field is of the unknown type " + type.getTypeName());
        }
        open.add(model);
        return new TypeRef.Named(pack + "." + model.getSimpleName());
    }
}
