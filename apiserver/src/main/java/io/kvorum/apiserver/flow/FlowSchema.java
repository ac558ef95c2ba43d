package io.kvorum.apiserver.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A FlowSchema, ready to be matched.
 *
 * @param level name of the priority level
 * @param distinguisher {@code ByUser}, {@code ByNamespace} or empty
 */
record FlowSchema(String name, String uid, String level, long precedence, String distinguisher, List<Rule> rules) {
    private static final String ALL = "*";

    /** Subjects of one rule and what they ask for. */
    private record Rule(List<Subject> subjects, List<Resources> resources, List<Urls> urls) {}

    /** @param kind User, Group or ServiceAccount */
    private record Subject(String kind, String namespace, String name) {
        boolean matches(User user) {
            return switch (kind) {
                case "User" -> name.equals(ALL) || name.equals(user.name());
                case "Group" -> name.equals(ALL) || user.groups().contains(name);
                default -> {
                    String prefix = "system:serviceaccount:" + namespace + ":";
                    yield name.equals(ALL)
                            ? user.name().startsWith(prefix)
                            : user.name().equals(prefix + name);
                }
            };
        }
    }

    private record Resources(
            List<String> verbs, List<String> groups, List<String> resources, boolean cluster, List<String> namespaces) {
        boolean matches(RequestInfo info) {
            String resource =
                    info.subresource().isEmpty() ? info.resource() : info.resource() + "/" + info.subresource();
            String namespace = info.namespace();
            boolean scope = namespace.isEmpty() ? cluster : in(namespaces, namespace);
            return scope && in(verbs, info.verb()) && in(groups, info.group()) && in(resources, resource);
        }
    }

    private record Urls(List<String> verbs, List<String> paths) {
        boolean matches(String verb, String path) {
            return in(verbs, verb) && paths.stream().anyMatch(each -> matchesUrl(each, path));
        }

        private static boolean matchesUrl(String pattern, String path) {
            return pattern.equals(ALL)
                    || pattern.equals(path)
                    || pattern.endsWith("/*") && path.startsWith(pattern.substring(0, pattern.length() - 1));
        }
    }

    private static boolean in(Collection<String> list, String value) {
        return list.contains(ALL) || list.contains(value);
    }

    static FlowSchema of(JsonNode object) {
        JsonNode spec = object.path("spec");
        List<Rule> rules = new ArrayList<>();
        for (JsonNode rule : Tree.items(spec, "rules")) {
            rules.add(new Rule(
                    Tree.items(rule, "subjects").stream()
                            .map(FlowSchema::subject)
                            .toList(),
                    Tree.items(rule, "resourceRules").stream()
                            .map(FlowSchema::resources)
                            .toList(),
                    Tree.items(rule, "nonResourceRules").stream()
                            .map(each -> new Urls(Tree.texts(each, "verbs"), Tree.texts(each, "nonResourceURLs")))
                            .toList()));
        }
        return new FlowSchema(
                Tree.text(object, "metadata", "name"),
                Tree.text(object, "metadata", "uid"),
                Tree.text(spec, "priorityLevelConfiguration", "name"),
                spec.hasNonNull("matchingPrecedence") ? Tree.number(spec, "matchingPrecedence") : 1000,
                Tree.text(spec, "distinguisherMethod", "type"),
                List.copyOf(rules));
    }

    private static Subject subject(JsonNode subject) {
        String kind = Tree.text(subject, "kind");
        String field = kind.equals("ServiceAccount") ? "serviceAccount" : kind.equals("Group") ? "group" : "user";
        return new Subject(kind, Tree.text(subject, field, "namespace"), Tree.text(subject, field, "name"));
    }

    private static Resources resources(JsonNode rule) {
        return new Resources(
                Tree.texts(rule, "verbs"),
                Tree.texts(rule, "apiGroups"),
                Tree.texts(rule, "resources"),
                Tree.flag(rule, "clusterScope"),
                Tree.texts(rule, "namespaces"));
    }

    boolean matches(User user, RequestInfo info, String path) {
        for (Rule rule : rules) {
            boolean what = info.resourceRequest()
                    ? rule.resources.stream().anyMatch(each -> each.matches(info))
                    : rule.urls.stream().anyMatch(each -> each.matches(info.verb(), path));
            if (what && rule.subjects.stream().anyMatch(each -> each.matches(user))) {
                return true;
            }
        }
        return false;
    }

    /** Which of the schema's flows a request belongs to. */
    String flow(User user, RequestInfo info) {
        return switch (distinguisher) {
            case "ByUser" -> user.name();
            case "ByNamespace" -> info.namespace();
            default -> "";
        };
    }
}
