package io.kvorum.api.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The schemas of the built-in kinds. One resource per package of definitions ({@code io.k8s.api.apps.v1}), read when the
 * first of its types is asked for; of its types only those asked for are made. Safe for use by several threads.
 */
public final class Schemas {
    /** Where the resources lie on the class path. */
    public static final String FOLDER = "io/kvorum/schemas/";

    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1";
    private static final Schemas SHARED = new Schemas(Schemas.class.getClassLoader());

    private final ClassLoader resources;
    private final Map<String, SchemaFile> packages = new ConcurrentHashMap<>();

    private Schemas(ClassLoader resources) {
        this.resources = resources;
    }

    /** The process's schemas; nothing is read yet. */
    public static Schemas load() {
        return SHARED;
    }

    /**
     * @param apiVersion {@code v1}, {@code apps/v1}; also {@code meta.k8s.io/v1}
     * @throws IllegalArgumentException if no such kind is built in
     */
    public Schema of(String apiVersion, String kind) {
        return find(apiVersion, kind)
                .orElseThrow(() -> new IllegalArgumentException("no schema of " + kind + " in " + apiVersion));
    }

    /** The schema of a kind, or empty if it is not built in. */
    public Optional<Schema> find(String apiVersion, String kind) {
        Schema schema = file(packageOf(apiVersion)).definition(kind);
        if (schema == null && apiVersion.equals("v1")) {
            schema = file(META).definition(kind); // Status, DeleteOptions: in every group version, v1 stands for them
        }
        return Optional.ofNullable(schema);
    }

    /** A type by the name upstream's OpenAPI document gives it, {@code io.k8s.api.core.v1.PodSpec}. */
    public Schema definition(String name) {
        int dot = name.lastIndexOf('.');
        Schema schema = file(name.substring(0, dot)).definition(name.substring(dot + 1));
        if (schema == null) {
            throw new IllegalArgumentException("no definition " + name);
        }
        return schema;
    }

    private static String packageOf(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        String version = apiVersion.substring(slash + 1);
        switch (group) {
            case "":
                return "io.k8s.api.core." + version;
            case "meta.k8s.io":
                return "io.k8s.apimachinery.pkg.apis.meta." + version;
            case "apiextensions.k8s.io":
                return "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions." + version;
            case "apiregistration.k8s.io":
                return "io.k8s.kube-aggregator.pkg.apis.apiregistration." + version;
            case "gateway.networking.k8s.io":
                return "io.k8s.networking.gateway." + version;
            default:
                int dot = group.indexOf('.');
                return "io.k8s.api." + (dot < 0 ? group : group.substring(0, dot)) + '.' + version;
        }
    }

    private SchemaFile file(String pack) {
        SchemaFile known = packages.get(pack);
        if (known == null) {
            known = read(pack);
            packages.putIfAbsent(pack, known);
        }
        return known;
    }

    private SchemaFile read(String pack) {
        try (InputStream in = resources.getResourceAsStream(FOLDER + pack)) {
            return in == null
                    ? SchemaFile.NONE
                    : new SchemaFile(pack, ByteBuffer.wrap(in.readAllBytes()), this::definition);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + FOLDER + pack, e);
        }
    }
}
