package io.kvorum.api;

import io.kvorum.api.ResourceInfo.Subresource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The resources Kubernetes 1.36 serves and those of the Gateway API, read from {@code resources.tsv} beside this class: one line a resource, in
 * discovery order.
 */
public final class BuiltinCatalog implements ResourceCatalog {
    private static final String FILE = "resources.tsv";
    private static volatile @Nullable BuiltinCatalog loaded;

    private final List<ResourceInfo> all;
    private final Map<String, ResourceInfo> byResource = new HashMap<>();
    private final Map<String, ResourceInfo> byKind = new HashMap<>();

    private BuiltinCatalog(List<ResourceInfo> all) {
        this.all = List.copyOf(all);
        for (ResourceInfo info : all) {
            byResource.put(key(info.group(), info.version(), info.resource()), info);
            byKind.put(key(info.group(), info.version(), info.kind()), info);
        }
    }

    /** The catalogue; read once per process. */
    public static BuiltinCatalog load() {
        BuiltinCatalog catalog = loaded;
        if (catalog == null) {
            catalog = new BuiltinCatalog(read());
            loaded = catalog;
        }
        return catalog;
    }

    @Override
    public List<ResourceInfo> all() {
        return all;
    }

    @Override
    public Optional<ResourceInfo> byResource(String group, String version, String resource) {
        return Optional.ofNullable(byResource.get(key(group, version, resource)));
    }

    @Override
    public Optional<ResourceInfo> byKind(String group, String version, String kind) {
        return Optional.ofNullable(byKind.get(key(group, version, kind)));
    }

    private static String key(String group, String version, String name) {
        return group + '/' + version + '/' + name;
    }

    private static List<ResourceInfo> read() {
        List<ResourceInfo> all = new ArrayList<>(80);
        try (InputStream in = BuiltinCatalog.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + FILE + " is missing from the class path");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            lines.readLine(); // the heading
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                all.add(parse(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** groupVersion, resource, kind, scope, singular, short names, categories, verbs, subresources; tab-separated. */
    private static ResourceInfo parse(String line) {
        List<String> f = split(line, '\t');
        if (f.size() != 9) {
            throw new IllegalStateException(FILE + ": " + f.size() + " columns instead of 9: " + line);
        }
        String groupVersion = f.get(0);
        int slash = groupVersion.indexOf('/');
        return new ResourceInfo(
                slash < 0 ? "" : groupVersion.substring(0, slash),
                groupVersion.substring(slash + 1),
                f.get(1),
                f.get(2),
                f.get(4),
                f.get(3).equals("Namespaced"),
                split(f.get(5), ','),
                split(f.get(6), ','),
                split(f.get(7), ','),
                subresources(f.get(8)));
    }

    /** {@code status(get,patch;//Pod) scale(get;autoscaling/v1/Scale)}: verbs, then group/version/kind. */
    private static List<Subresource> subresources(String field) {
        List<Subresource> result = new ArrayList<>();
        for (String item : split(field, ' ')) {
            int open = item.indexOf('(');
            int semicolon = item.indexOf(';', open);
            List<String> gvk = split(item.substring(semicolon + 1, item.length() - 1), '/');
            result.add(new Subresource(
                    item.substring(0, open),
                    split(item.substring(open + 1, semicolon), ','),
                    gvk.get(0),
                    gvk.get(1),
                    gvk.get(2)));
        }
        return List.copyOf(result);
    }

    private static List<String> split(String text, char separator) {
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + 1;
        }
        parts.add(text.substring(from));
        return List.copyOf(parts);
    }
}
