package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.podsecurity.Level;
import io.kvorum.api.podsecurity.PodStandards;
import io.kvorum.api.podsecurity.Violation;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds pods to the level that the labels {@code pod-security.kubernetes.io/enforce} and {@code warn} of their namespace name
 * (KEP-2579). Who makes pods by a template is only warned.
 */
public final class PodSecurity implements Admission {
    private static final String PREFIX = "pod-security.kubernetes.io/";
    private static final Pattern VERSION = Pattern.compile("latest|v1\\.(0|[1-9][0-9]*)");

    /** Where the template is in objects of the kinds that make pods. */
    private static final Map<String, List<String>> TEMPLATES = Map.of(
            "podtemplates", List.of("template"),
            "replicationcontrollers", List.of("spec", "template"),
            "replicasets.apps", List.of("spec", "template"),
            "deployments.apps", List.of("spec", "template"),
            "statefulsets.apps", List.of("spec", "template"),
            "daemonsets.apps", List.of("spec", "template"),
            "jobs.batch", List.of("spec", "template"),
            "cronjobs.batch", List.of("spec", "jobTemplate", "spec", "template"));

    /** How many violations by existing pods are told when a namespace becomes stricter. */
    private static final int MOST_WARNINGS = 50;

    private final WatchCache cache;

    public PodSecurity(WatchCache cache) {
        this.cache = cache;
    }

    /** What a namespace asks for. */
    private record Wanted(Level level, String version) {
        static Wanted of(Map<String, String> labels, String mode) {
            String level = labels.getOrDefault(PREFIX + mode, "privileged");
            String version = labels.getOrDefault(PREFIX + mode + "-version", "latest");
            try {
                return new Wanted(Level.parse(level), version);
            } catch (IllegalArgumentException e) {
                // Labels that came before they were looked at: the strictest, as upstream.
                return new Wanted(mode.equals("enforce") ? Level.RESTRICTED : Level.PRIVILEGED, version);
            }
        }

        List<Violation> violations(JsonNode metadata, JsonNode spec) {
            return PodStandards.violations(level, metadata, spec);
        }

        String violated(List<Violation> violations) {
            return "violate PodSecurity \"" + this + "\": "
                    + violations.stream().map(Violation::toString).collect(Collectors.joining(", "));
        }

        @Override
        public String toString() {
            return level + ":" + version;
        }
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        ObjectNode object = attempt.object();
        String resource = attempt.info().groupResource();
        if (object == null || attempt.operation() == Operation.DELETE) {
            return Future.succeededFuture();
        }
        if (resource.equals("namespaces") && attempt.subresource().isEmpty()) {
            return namespace(attempt, object);
        }
        if (resource.equals("pods")) {
            return pod(attempt, object);
        }
        List<String> template = TEMPLATES.get(resource);
        if (template != null && attempt.subresource().isEmpty()) {
            JsonNode pod = Tree.at(object, template.toArray(String[]::new));
            warn(attempt, labels(attempt), pod.path("metadata"), pod.path("spec"));
        }
        return Future.succeededFuture();
    }

    private Map<String, String> labels(Attempt attempt) {
        ObjectVersion namespace = cache.of("core/namespaces").get(attempt.namespace());
        return namespace == null ? Map.of() : Tree.map(namespace.selectable(), "metadata", "labels");
    }

    private Future<Void> pod(Attempt attempt, ObjectNode pod) {
        boolean whole = attempt.subresource().isEmpty();
        if (!whole && !attempt.subresource().equals("ephemeralcontainers")) {
            return Future.succeededFuture();
        }
        if (attempt.old() != null
                && Tree.sameValue(pod.path("spec"), attempt.old().path("spec"))) {
            return Future.succeededFuture();
        }
        Map<String, String> labels = labels(attempt);
        Wanted enforced = Wanted.of(labels, "enforce");
        List<Violation> violations = enforced.violations(pod.path("metadata"), pod.path("spec"));
        if (!violations.isEmpty()) {
            return Future.failedFuture(ApiException.forbidden(
                    "", "pods", attempt.name(), enforced.violated(violations).replaceFirst("violate", "violates")));
        }
        warn(attempt, labels, pod.path("metadata"), pod.path("spec"));
        return Future.succeededFuture();
    }

    private static void warn(Attempt attempt, Map<String, String> labels, JsonNode metadata, JsonNode spec) {
        Wanted wanted = Wanted.of(labels, "warn");
        List<Violation> violations = wanted.violations(metadata, spec);
        if (!violations.isEmpty()) {
            attempt.warnings().accept("would " + wanted.violated(violations));
        }
    }

    // ---- namespaces

    private Future<Void> namespace(Attempt attempt, ObjectNode namespace) {
        Map<String, String> labels = Tree.map(namespace, "metadata", "labels");
        Map<String, String> before = Tree.map(attempt.old(), "metadata", "labels");
        List<ApiException.Cause> causes = wrong(labels, before);
        if (!causes.isEmpty()) {
            return Future.failedFuture(ApiException.invalid("", "Namespace", attempt.name(), causes));
        }
        Wanted now = Wanted.of(labels, "enforce");
        Wanted then = Wanted.of(before, "enforce");
        if (attempt.old() != null && now.level().compareTo(then.level()) > 0) {
            existing(attempt, now);
        }
        return Future.succeededFuture();
    }

    /** Labels that were wrong before are let be. */
    private static List<ApiException.Cause> wrong(Map<String, String> labels, Map<String, String> before) {
        List<ApiException.Cause> causes = new ArrayList<>();
        for (String mode : List.of("enforce", "audit", "warn")) {
            check(PREFIX + mode, labels, before, causes);
            check(PREFIX + mode + "-version", labels, before, causes);
        }
        return causes;
    }

    private static void check(
            String label, Map<String, String> labels, Map<String, String> before, List<ApiException.Cause> causes) {
        String value = labels.get(label);
        if (value == null || value.equals(before.get(label))) {
            return;
        }
        String problem = problem(label, value);
        if (problem != null) {
            causes.add(new ApiException.Cause(
                    "FieldValueInvalid",
                    "Invalid value: \"" + value + "\": " + problem,
                    "metadata.labels[" + label + "]"));
        }
    }

    private static @Nullable String problem(String label, String value) {
        if (label.endsWith("-version")) {
            return VERSION.matcher(value).matches() ? null : "must be \"latest\" or \"v1.x\"";
        }
        try {
            var unused = Level.parse(value);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private void existing(Attempt attempt, Wanted wanted) {
        Map<String, List<String>> podsByViolation = new TreeMap<>();
        for (ObjectVersion pod : cache.of("core/pods").list(attempt.name())) {
            List<Violation> violations = wanted.violations(
                    pod.selectable().path("metadata"), pod.selectable().path("spec"));
            if (!violations.isEmpty()) {
                String what = violations.stream().map(Violation::what).collect(Collectors.joining(", "));
                podsByViolation.computeIfAbsent(what, any -> new ArrayList<>()).add(pod.name());
            }
        }
        if (podsByViolation.isEmpty()) {
            return;
        }
        attempt.warnings()
                .accept("existing pods in namespace \"" + attempt.name()
                        + "\" violate the new PodSecurity enforce level \"" + wanted + "\"");
        podsByViolation.entrySet().stream()
                .limit(MOST_WARNINGS)
                .forEach(each -> attempt.warnings().accept(who(each.getValue()) + ": " + each.getKey()));
    }

    private static String who(List<String> pods) {
        int others = pods.size() - 1;
        return pods.get(0)
                + (others == 0 ? "" : others == 1 ? " (and 1 other pod)" : " (and " + others + " other pods)");
    }
}
