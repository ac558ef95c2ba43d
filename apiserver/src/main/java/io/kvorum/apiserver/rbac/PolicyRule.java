package io.kvorum.apiserver.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.cache.ObjectJson;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One rule of a role. {@code *} stands for all; lists are empty where the rule says nothing. */
public record PolicyRule(
        List<String> verbs, List<String> groups, List<String> resources, List<String> names, List<String> paths) {
    static final String ALL = "*";

    /** May do everything; what whoever writes an aggregated role must have. */
    static final List<PolicyRule> EVERYTHING = List.of(
            new PolicyRule(List.of(ALL), List.of(ALL), List.of(ALL), List.of(), List.of()),
            new PolicyRule(List.of(ALL), List.of(), List.of(), List.of(), List.of(ALL)));

    /** The field {@code rules} of a role. */
    static List<PolicyRule> of(JsonNode role) {
        List<PolicyRule> rules = new ArrayList<>();
        for (JsonNode rule : Tree.items(role, "rules")) {
            rules.add(new PolicyRule(
                    List.copyOf(Tree.texts(rule, "verbs")),
                    List.copyOf(Tree.texts(rule, "apiGroups")),
                    List.copyOf(Tree.texts(rule, "resources")),
                    List.copyOf(Tree.texts(rule, "resourceNames")),
                    List.copyOf(Tree.texts(rule, "nonResourceURLs"))));
        }
        return List.copyOf(rules);
    }

    boolean allows(Attributes asked) {
        if (!anyOf(verbs, asked.verb())) {
            return false;
        }
        if (asked.isResource()) {
            return anyOf(groups, asked.group())
                    && resource(asked.resource(), asked.subresource())
                    && name(asked.name());
        }
        return path(asked.path());
    }

    private boolean resource(String resource, String subresource) {
        for (String rule : resources) {
            if (rule.equals(ALL)) {
                return true;
            }
            if (subresource.isEmpty()) {
                if (rule.equals(resource)) {
                    return true;
                }
            } else if (rule.length() == resource.length() + 1 + subresource.length()
                            && rule.startsWith(resource)
                            && rule.charAt(resource.length()) == '/'
                            && rule.endsWith(subresource)
                    || rule.length() == 2 + subresource.length()
                            && rule.startsWith("*/")
                            && rule.endsWith(subresource)) {
                return true;
            }
        }
        return false;
    }

    private boolean name(String name) {
        return names.isEmpty() || names.contains(name);
    }

    private boolean path(String path) {
        for (String rule : paths) {
            boolean prefix = rule.endsWith(ALL) && path.startsWith(rule.substring(0, rule.length() - 1));
            if (rule.equals(ALL) || prefix || rule.equals(path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyOf(List<String> listed, String wanted) {
        for (String one : listed) {
            if (one.equals(ALL) || one.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** As a tree; fields that say nothing are left out. */
    ObjectNode tree() {
        ObjectNode rule = ObjectJson.object();
        put(rule, "verbs", verbs);
        put(rule, "apiGroups", groups);
        put(rule, "resources", resources);
        put(rule, "resourceNames", names);
        put(rule, "nonResourceURLs", paths);
        return rule;
    }

    private static void put(ObjectNode rule, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode list = rule.putArray(field);
            values.forEach(list::add);
        }
    }

    /** As refusals print it: {@code {APIGroups:[""], Resources:["pods"], Verbs:["get"]}}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        part(parts, "APIGroups", groups);
        part(parts, "Resources", resources);
        part(parts, "NonResourceURLs", paths);
        part(parts, "ResourceNames", names);
        part(parts, "Verbs", verbs);
        return "{" + String.join(", ", parts) + "}";
    }

    private static void part(List<String> parts, String name, List<String> values) {
        if (!values.isEmpty()) {
            parts.add(name + ":" + quoted(values));
        }
    }

    /** {@code ["a" "b"]}. */
    static String quoted(List<String> values) {
        return values.stream().map(value -> "\"" + value + "\"").collect(Collectors.joining(" ", "[", "]"));
    }
}
