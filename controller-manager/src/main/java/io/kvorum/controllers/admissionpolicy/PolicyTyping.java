package io.kvorum.controllers.admissionpolicy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ExpressionWarning;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ExpressionWarningBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.NamedRuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.Validation;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.Variable;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import io.kvorum.cel.Expressions;
import io.kvorum.cel.PolicyExpressions;
import io.kvorum.cel.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a policy says of types: which it is about, and which of its expressions do not fit them. */
final class PolicyTyping {
    /** No more kinds are looked at for one rule. */
    static final int MOST_KINDS = 10;

    private PolicyTyping() {}

    /** A resource that a rule names in full. */
    record Resource(String group, String version, String resource) {
        String groupVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }
    }

    record Kind(String group, String version, String kind) {
        static final Comparator<Kind> ORDER =
                Comparator.comparing(Kind::group).thenComparing(Kind::version).thenComparing(Kind::kind);

        String groupVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }

        /** As Kubernetes prints a kind: {@code apps/v1, Kind=Deployment}. */
        @Override
        public String toString() {
            return group + "/" + version + ", Kind=" + kind;
        }
    }

    /** The resources of each rule, in order; rules with wildcards for groups or versions, and subresources, are not looked at. */
    static List<Set<Resource>> resources(ValidatingAdmissionPolicy policy) {
        List<Set<Resource>> found = new ArrayList<>();
        if (policy.getSpec().getMatchConstraints() == null) {
            return found;
        }
        for (NamedRuleWithOperations rule :
                policy.getSpec().getMatchConstraints().getResourceRules()) {
            boolean wild = rule.getApiGroups().stream().anyMatch(each -> each.contains("*"))
                    || rule.getApiVersions().stream().anyMatch(each -> each.contains("*"));
            if (wild) {
                continue;
            }
            Set<Resource> resources = new LinkedHashSet<>();
            for (String group : sorted(rule.getApiGroups())) {
                for (String version : sorted(rule.getApiVersions())) {
                    for (String resource : sorted(rule.getResources())) {
                        if (!resource.contains("*") && !resource.contains("/")) {
                            resources.add(new Resource(group, version, resource));
                        }
                    }
                }
            }
            found.add(resources);
        }
        return found;
    }

    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }

    /** The kind of the policy's parameters; null when it has none. */
    static @Nullable Kind parameters(ValidatingAdmissionPolicy policy) {
        if (policy.getSpec().getParamKind() == null) {
            return null;
        }
        String apiVersion = policy.getSpec().getParamKind().getApiVersion();
        int slash = apiVersion.indexOf('/');
        return new Kind(
                slash < 0 ? "" : apiVersion.substring(0, slash),
                apiVersion.substring(slash + 1),
                policy.getSpec().getParamKind().getKind());
    }

    /**
     * The expressions that do not fit.
     *
     * @param schemas of the kinds the policy is about, in the order they are to be named in
     * @param params the schema of its parameters, null when it has none or it is not known
     */
    static List<ExpressionWarning> warnings(
            ValidatingAdmissionPolicy policy, Map<Kind, JsonNode> schemas, @Nullable JsonNode params) {
        @Nullable ValueType parameters = params == null ? null : ValueType.ofResource(params);
        Map<Kind, PolicyExpressions> compilers = new LinkedHashMap<>();
        schemas.forEach((kind, schema) -> {
            PolicyExpressions expressions = PolicyExpressions.typed(ValueType.ofResource(schema), parameters);
            for (Variable variable : policy.getSpec().getVariables()) {
                expressions.define(variable.getName(), compiled(expressions, variable.getExpression()));
            }
            compilers.put(kind, expressions);
        });
        List<ExpressionWarning> warnings = new ArrayList<>();
        List<Validation> validations = policy.getSpec().getValidations();
        for (int i = 0; i < validations.size(); i++) {
            String field = "spec.validations[" + i + "].";
            check(compilers, field + "expression", validations.get(i).getExpression(), warnings);
            String message = validations.get(i).getMessageExpression();
            if (message != null && !message.isEmpty()) {
                check(compilers, field + "messageExpression", message, warnings);
            }
        }
        return warnings;
    }

    /** A variable that does not compile is not told of: the expressions that use it are looked at without its type. */
    private static @Nullable Expression compiled(PolicyExpressions expressions, String text) {
        try {
            return expressions.compile(text, Expressions.Result.ANY);
        } catch (CelProblem e) {
            return null;
        }
    }

    private static void check(
            Map<Kind, PolicyExpressions> compilers, String field, String text, List<ExpressionWarning> to) {
        List<String> faults = new ArrayList<>();
        compilers.forEach((kind, expressions) -> {
            try {
                expressions.compile(text, Expressions.Result.ANY);
            } catch (CelProblem e) {
                faults.add(kind + ": " + e.issues() + "\n");
            }
        });
        if (!faults.isEmpty()) {
            to.add(new ExpressionWarningBuilder()
                    .withFieldRef(field)
                    .withWarning(String.join("\n", faults))
                    .build());
        }
    }
}
