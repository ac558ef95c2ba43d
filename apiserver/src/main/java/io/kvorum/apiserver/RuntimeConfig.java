package io.kvorum.apiserver;

import io.kvorum.api.ResourceInfo;
import io.kvorum.component.UsageException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which parts of the built-in API are served: what {@code --runtime-config} says, as upstream reads it. All that is here
 * is served unless it is switched off; custom resources and groups of extension API servers are none of its business.
 * Immutable.
 */
public final class RuntimeConfig implements Predicate<ResourceInfo> {
    /** All that there is. */
    public static final RuntimeConfig ALL = new RuntimeConfig(Map.of(), Map.of(), Map.of());

    private static final String EVERYTHING = "api/all";
    /** By stability, in the order in which they count. */
    private static final Map<String, Pattern> STAGES = stages();

    private final Map<String, Boolean> stages;
    private final Map<String, Boolean> versions;
    private final Map<String, Boolean> resources;

    private RuntimeConfig(Map<String, Boolean> stages, Map<String, Boolean> versions, Map<String, Boolean> resources) {
        this.stages = stages;
        this.versions = Map.copyOf(versions);
        this.resources = Map.copyOf(resources);
    }

    private static Map<String, Pattern> stages() {
        Map<String, Pattern> stages = new LinkedHashMap<>();
        stages.put(EVERYTHING, Pattern.compile(".*"));
        stages.put("api/ga", Pattern.compile("v[0-9]+"));
        stages.put("api/beta", Pattern.compile("v[0-9]+beta[0-9]+"));
        stages.put("api/alpha", Pattern.compile("v[0-9]+alpha[0-9]+"));
        return stages;
    }

    /**
     * Fails with a UsageException that says what is wrong in upstream's words.
     *
     * @param pairs {@code KEY=true|false}, or {@code KEY} for true; keys are {@code api/all}, {@code api/ga}, {@code
     *     api/beta}, {@code api/alpha}, {@code group/version} and {@code group/version/resource}, {@code api/v1} for
     *     the core group
     * @param builtin the resources there are
     */
    public static RuntimeConfig parse(List<String> pairs, Collection<ResourceInfo> builtin) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            values.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
        }
        if (values.size() == 1 && "false".equals(values.get(EVERYTHING))) {
            throw wrong("invalid key with only api/all=false");
        }
        knownGroups(values.keySet(), builtin);
        Map<String, Boolean> stages = new LinkedHashMap<>();
        for (String stage : STAGES.keySet()) {
            String value = values.get(stage);
            if (value != null) {
                if (!value.equals("true") && !value.equals("false")) {
                    throw wrong("invalid value " + stage + "=" + value);
                }
                stages.put(stage, value.equals("true"));
            }
        }
        Map<String, Boolean> versions = new HashMap<>();
        Map<String, Boolean> resources = new HashMap<>();
        values.forEach((key, value) -> {
            if (STAGES.containsKey(key)) {
                return;
            }
            String[] parts = key.split("/", -1);
            String version = group(parts[0]) + "/" + parts[1];
            if (builtin.stream().noneMatch(info -> version(info).equals(version))) {
                throw wrong("group version " + (version.startsWith("/") ? version.substring(1) : version)
                        + " that has not been registered");
            }
            boolean on = truth(key, value);
            if (parts.length == 2) {
                versions.put(version, on);
            } else if (parts[2].equals(parts[2].toLowerCase(Locale.ROOT))) {
                resources.put(version + "/" + parts[2], on);
            } else {
                throw wrong("invalid key " + key + ": group/version/resource and resource is always lowercase plural,"
                        + " not \"" + parts[2] + "\"");
            }
        });
        return new RuntimeConfig(stages, versions, resources);
    }

    private static void knownGroups(Collection<String> keys, Collection<ResourceInfo> builtin) {
        TreeSet<String> unknown = new TreeSet<>();
        for (String key : keys) {
            if (STAGES.containsKey(key)) {
                continue;
            }
            String[] parts = key.split("/", -1);
            if (parts.length != 2 && parts.length != 3) {
                throw wrong("runtime-config invalid key " + key);
            }
            String group = group(parts[0]);
            if (builtin.stream().noneMatch(info -> info.group().equals(group))) {
                unknown.add(group);
            }
        }
        if (!unknown.isEmpty()) {
            throw wrong("unknown api groups " + String.join(",", unknown));
        }
    }

    private static String group(String name) {
        return name.equals("api") ? "" : name;
    }

    private static boolean truth(String key, String value) {
        return switch (value) {
            case "", "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                throw wrong("invalid value of " + key + ": " + value + ", err: strconv.ParseBool: parsing \"" + value
                        + "\": invalid syntax");
        };
    }

    private static UsageException wrong(String what) {
        return new UsageException("--runtime-config: " + what);
    }

    private static String version(ResourceInfo info) {
        return info.group() + "/" + info.version();
    }

    /** Whether nothing is switched off or on. */
    public boolean isAll() {
        return stages.isEmpty() && versions.isEmpty() && resources.isEmpty();
    }

    /** Whether a resource is served. A resource's own word counts before its version's, and that before its stage's. */
    @Override
    public boolean test(ResourceInfo info) {
        if (info.custom() != null) {
            return true;
        }
        String version = version(info);
        Boolean own = resources.get(version + "/" + info.resource());
        if (own == null) {
            own = versions.get(version);
        }
        if (own != null) {
            return own;
        }
        boolean on = true;
        for (Map.Entry<String, Pattern> stage : STAGES.entrySet()) {
            Boolean said = stages.get(stage.getKey());
            if (said != null && stage.getValue().matcher(info.version()).matches()) {
                on = said;
            }
        }
        return on;
    }
}
