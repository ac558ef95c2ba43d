package io.kvorum.openapi.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The resources of module api's catalogue, as far as the documents need them. */
final class Resources {
    record Resource(
            String group,
            String version,
            String name,
            String kind,
            boolean namespaced,
            Set<String> verbs,
            List<Subresource> subresources) {
        String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }

        /** {@code api/v1}, {@code apis/apps/v1}. */
        String root() {
            return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
        }
    }

    record Subresource(String name, Set<String> verbs, String group, String version, String kind) {}

    private Resources() {}

    static List<Resource> read(Path catalogue) throws IOException {
        List<Resource> resources = new ArrayList<>();
        for (String line : Files.readAllLines(catalogue).stream().skip(1).toList()) {
            String[] f = line.split("\t", -1);
            int slash = f[0].indexOf('/');
            String group = slash < 0 ? "" : f[0].substring(0, slash);
            String version = f[0].substring(slash + 1);
            List<Subresource> subresources = new ArrayList<>();
            for (String item : words(f[8], " ")) {
                String[] parts = item.substring(0, item.length() - 1).split("[(;/]", -1);
                boolean own = parts[3].isEmpty();
                subresources.add(new Subresource(
                        parts[0], words(parts[1], ","), own ? group : parts[2], own ? version : parts[3], parts[4]));
            }
            resources.add(new Resource(
                    group, version, f[1], f[2], f[3].equals("Namespaced"), words(f[7], ","), subresources));
        }
        return resources;
    }

    private static Set<String> words(String text, String separator) {
        return text.isEmpty() ? Set.of() : new LinkedHashSet<>(Arrays.asList(text.split(separator)));
    }
}
