package io.kvorum.apiserver.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.config.ConfigDocument;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is written down of which requests: an {@code audit.k8s.io/v1} Policy. The first rule that matches decides. */
public final class AuditPolicy {
    public static final String RECEIVED = "RequestReceived";
    public static final String STARTED = "ResponseStarted";
    public static final String COMPLETE = "ResponseComplete";
    private static final Set<String> STAGES = Set.of(RECEIVED, STARTED, COMPLETE, "Panic");

    /** Of every request, that it was made and how it ended; without a policy file. */
    public static final AuditPolicy METADATA =
            new AuditPolicy(List.of(), new Decision(AuditLevel.METADATA, Set.of(RECEIVED), false));

    private static final Decision NOTHING = new Decision(AuditLevel.NONE, STAGES, false);
    private final List<Rule> rules;
    private final Decision otherwise;

    private AuditPolicy(List<Rule> rules, Decision otherwise) {
        this.rules = rules;
        this.otherwise = otherwise;
    }

    /**
     * What holds for a request.
     *
     * @param omitted stages that are not written
     * @param withoutManagers whether objects are written without their managed fields
     */
    public record Decision(AuditLevel level, Set<String> omitted, boolean withoutManagers) {
        public boolean writes(String stage) {
            return level != AuditLevel.NONE && !omitted.contains(stage);
        }
    }

    /** The resources of one group that a rule is about; no resources: all of them. */
    private record Resources(String group, List<String> resources, List<String> names) {
        boolean matches(RequestInfo info) {
            boolean named = names.isEmpty() || names.contains(info.name());
            if (!group.equals(info.group()) || !named) {
                return false;
            }
            String whole = info.subresource().isEmpty() ? info.resource() : info.resource() + "/" + info.subresource();
            return resources.isEmpty()
                    || resources.stream()
                            .anyMatch(each -> each.equals("*")
                                    || each.equals(whole)
                                    || each.equals(info.resource() + "/*")
                                    || each.startsWith("*/")
                                            && each.substring(2).equals(info.subresource()));
        }
    }

    private record Rule(
            List<String> users,
            List<String> groups,
            List<String> verbs,
            List<Resources> resources,
            List<String> namespaces,
            List<String> urls,
            Decision decision) {
        boolean matches(User user, RequestInfo info, String path) {
            boolean who = (users.isEmpty() || users.contains(user.name()))
                    && (groups.isEmpty() || user.groups().stream().anyMatch(groups::contains))
                    && (verbs.isEmpty() || verbs.contains(info.verb()));
            if (!who) {
                return false;
            }
            if (!namespaces.isEmpty() || !resources.isEmpty()) {
                return info.resourceRequest()
                        && (namespaces.isEmpty() || namespaces.contains(info.authorizedNamespace()))
                        && (resources.isEmpty() || resources.stream().anyMatch(each -> each.matches(info)));
            }
            if (!urls.isEmpty()) {
                return !info.resourceRequest() && urls.stream().anyMatch(url -> matches(url, path));
            }
            return true;
        }

        private static boolean matches(String url, String path) {
            return url.equals("*")
                    || url.equals(path)
                    || url.endsWith("*") && path.startsWith(url.substring(0, url.length() - 1));
        }
    }

    /** Fails with IllegalArgumentException that says what is wrong. */
    public static AuditPolicy parse(String yaml) {
        JsonNode policy = ConfigDocument.tree(yaml);
        if (!Tree.text(policy, "kind").equals("Policy")
                || !Tree.text(policy, "apiVersion").equals("audit.k8s.io/v1")) {
            throw new IllegalArgumentException("kind Policy of audit.k8s.io/v1 expected");
        }
        Set<String> omitted = stages(policy);
        List<Rule> rules = new ArrayList<>();
        for (JsonNode rule : Tree.items(policy, "rules")) {
            rules.add(rule(rule, omitted, Tree.flag(policy, "omitManagedFields")));
        }
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("rules: at least one is required");
        }
        return new AuditPolicy(List.copyOf(rules), NOTHING);
    }

    private static Set<String> stages(JsonNode node) {
        List<String> stages = Tree.texts(node, "omitStages");
        for (String stage : stages) {
            if (!STAGES.contains(stage)) {
                throw new IllegalArgumentException("omitStages: \"" + stage + "\" is no stage");
            }
        }
        return Set.copyOf(stages);
    }

    private static Rule rule(JsonNode rule, Set<String> omitted, boolean withoutManagers) {
        List<Resources> resources = new ArrayList<>();
        for (JsonNode each : Tree.items(rule, "resources")) {
            resources.add(new Resources(
                    Tree.text(each, "group"), Tree.texts(each, "resources"), Tree.texts(each, "resourceNames")));
        }
        List<String> urls = Tree.texts(rule, "nonResourceURLs");
        if (!urls.isEmpty()
                && (!resources.isEmpty() || !Tree.texts(rule, "namespaces").isEmpty())) {
            throw new IllegalArgumentException("rules cannot apply to both regular resources and non-resource URLs");
        }
        Set<String> all = new HashSet<>(omitted);
        all.addAll(stages(rule));
        boolean managers = rule.has("omitManagedFields") ? Tree.flag(rule, "omitManagedFields") : withoutManagers;
        return new Rule(
                Tree.texts(rule, "users"),
                Tree.texts(rule, "userGroups"),
                Tree.texts(rule, "verbs"),
                resources,
                Tree.texts(rule, "namespaces"),
                urls,
                new Decision(AuditLevel.of(Tree.text(rule, "level")), Set.copyOf(all), managers));
    }

    /** @param path without the query */
    public Decision decide(User user, RequestInfo info, String path) {
        for (Rule rule : rules) {
            if (rule.matches(user, info, path)) {
                return rule.decision;
            }
        }
        return otherwise;
    }
}
