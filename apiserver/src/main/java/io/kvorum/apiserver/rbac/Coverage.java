package io.kvorum.apiserver.rbac;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Whether rules cover other rules, right by right. Pure. */
final class Coverage {
    private Coverage() {}

    /** What of {@code wanted} is in none of {@code held}: as few rules as it takes, in the order of their text. */
    static List<String> missing(List<PolicyRule> held, List<PolicyRule> wanted) {
        TreeSet<String> texts = new TreeSet<>();
        rightsMissing(held, wanted).forEach(rule -> texts.add(rule.toString()));
        return List.copyOf(texts);
    }

    /** Likewise, as rules. */
    static List<PolicyRule> rightsMissing(List<PolicyRule> held, List<PolicyRule> wanted) {
        List<PolicyRule> missing = new ArrayList<>();
        for (PolicyRule rule : wanted) {
            for (PolicyRule right : rights(rule)) {
                if (held.stream().noneMatch(owned -> covers(owned, right))) {
                    missing.add(right);
                }
            }
        }
        return compact(missing);
    }

    /** One rule per group, resource, name and verb, or per path and verb. */
    private static List<PolicyRule> rights(PolicyRule rule) {
        List<PolicyRule> rights = new ArrayList<>();
        for (String group : rule.groups()) {
            for (String resource : rule.resources()) {
                for (String verb : rule.verbs()) {
                    if (rule.names().isEmpty()) {
                        rights.add(right(group, resource, List.of(), verb));
                    }
                    for (String name : rule.names()) {
                        rights.add(right(group, resource, List.of(name), verb));
                    }
                }
            }
        }
        for (String path : rule.paths()) {
            for (String verb : rule.verbs()) {
                rights.add(new PolicyRule(List.of(verb), List.of(), List.of(), List.of(), List.of(path)));
            }
        }
        return rights;
    }

    private static PolicyRule right(String group, String resource, List<String> names, String verb) {
        return new PolicyRule(List.of(verb), List.of(group), List.of(resource), names, List.of());
    }

    private static boolean covers(PolicyRule owned, PolicyRule right) {
        boolean names = owned.names().isEmpty()
                || !right.names().isEmpty() && owned.names().containsAll(right.names());
        return has(owned.verbs(), right.verbs())
                && has(owned.groups(), right.groups())
                && right.resources().stream().allMatch(resource -> hasResource(owned.resources(), resource))
                && names
                && right.paths().stream().allMatch(path -> hasPath(owned.paths(), path));
    }

    private static boolean has(List<String> owned, List<String> wanted) {
        return owned.contains(PolicyRule.ALL) || owned.containsAll(wanted);
    }

    private static boolean hasResource(List<String> owned, String wanted) {
        int slash = wanted.indexOf('/');
        return owned.contains(PolicyRule.ALL)
                || owned.contains(wanted)
                || slash >= 0 && owned.contains("*" + wanted.substring(slash));
    }

    private static boolean hasPath(List<String> owned, String wanted) {
        return owned.stream()
                .anyMatch(path -> path.equals(wanted)
                        || path.endsWith(PolicyRule.ALL) && wanted.startsWith(path.substring(0, path.length() - 1)));
    }

    /** Rights that differ in the verb only become one rule. */
    static List<PolicyRule> compact(List<PolicyRule> rights) {
        record Target(List<String> groups, List<String> resources, List<String> names, List<String> paths) {}
        Map<Target, Set<String>> verbs = new LinkedHashMap<>();
        for (PolicyRule right : rights) {
            Target target = new Target(right.groups(), right.resources(), right.names(), right.paths());
            verbs.computeIfAbsent(target, any -> new LinkedHashSet<>()).addAll(right.verbs());
        }
        List<PolicyRule> rules = new ArrayList<>();
        verbs.forEach((target, all) -> rules.add(
                new PolicyRule(List.copyOf(all), target.groups(), target.resources(), target.names(), target.paths())));
        return rules;
    }
}
