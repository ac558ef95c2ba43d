package io.kvorum.apiserver.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.request.User;
import java.util.List;
import org.junit.jupiter.api.Test;

class RbacPolicyTest {
    private static final User JANE = new User("jane", List.of("devs", User.AUTHENTICATED));

    private final RbacPolicy policy = new RbacPolicy();

    private static ObjectNode role(String namespace, String name, PolicyRule... rules) {
        ObjectNode role = Tree.newObject();
        ObjectNode meta = role.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            meta.put("namespace", namespace);
        }
        for (PolicyRule rule : rules) {
            Tree.ensureArray(role, "rules").add(rule.tree());
        }
        return role;
    }

    private static PolicyRule rule(String verbs, String groups, String resources, String names) {
        return new PolicyRule(list(verbs), list(groups), list(resources), list(names), List.of());
    }

    private static List<String> list(String text) {
        return text.equals("-") ? List.of() : List.of(text.split(",", -1));
    }

    private boolean may(String verb, String resource, String subresource, String namespace, String name) {
        return policy.decide(JANE, new Attributes(verb, "", "v1", resource, subresource, namespace, name, ""))
                .allowed();
    }

    private void grant(String namespace, PolicyRule... rules) {
        policy.putRole(role(namespace, "r", rules));
        ObjectNode binding = Bindings.roleBinding(namespace, "b", namespace.isEmpty() ? "ClusterRole" : "Role", "r");
        Bindings.user(binding, "jane");
        policy.putBinding(binding);
    }

    @Test
    void subresourcesHaveToBeNamed() {
        grant("", rule("get", "", "pods,*/scale,deployments/status", "-"));
        assertThat(may("get", "pods", "", "x", "p")).isTrue();
        assertThat(may("get", "pods", "log", "x", "p")).isFalse();
        assertThat(may("get", "replicasets", "scale", "x", "p")).isTrue();
        assertThat(may("get", "deployments", "status", "x", "p")).isTrue();
        assertThat(may("get", "deployments", "", "x", "p")).isFalse();
    }

    @Test
    void resourceNamesNarrowARule() {
        grant("x", rule("get,create", "", "secrets", "one,two"));
        assertThat(may("get", "secrets", "", "x", "two")).isTrue();
        assertThat(may("get", "secrets", "", "x", "three")).isFalse();
        assertThat(may("create", "secrets", "", "x", "")).isFalse();
        assertThat(may("get", "secrets", "", "y", "two")).isFalse();
    }

    @Test
    void aBindingTakenAwayGivesNothing() {
        grant("x", rule("*", "*", "*", "-"));
        assertThat(may("get", "pods", "", "x", "p")).isTrue();
        policy.removeBinding("x/b");
        assertThat(may("get", "pods", "", "x", "p")).isFalse();
    }

    @Test
    void aBindingWrittenAnewLosesItsFormerSubjects() {
        grant("", rule("get", "", "pods", "-"));
        ObjectNode other = Bindings.roleBinding("", "b", "ClusterRole", "r");
        Bindings.user(other, "joe");
        policy.putBinding(other);
        assertThat(may("get", "pods", "", "x", "p")).isFalse();
    }

    @Test
    void aRoleThatIsMissingIsTold() {
        grant("", rule("get", "", "pods", "-"));
        policy.removeRole("r");
        assertThat(policy.decide(JANE, Attributes.resource("get", "", "pods", "x", "p"))
                        .reason())
                .isEqualTo("RBAC: clusterrole.rbac.authorization.k8s.io \"r\" not found");
    }

    @Test
    void whatIsMissingIsToldInFewRules() {
        List<PolicyRule> held = List.of(rule("get,list", "", "pods", "-"));
        List<PolicyRule> wanted = List.of(rule("get,list,delete,watch", "", "pods,secrets", "-"));
        assertThat(Coverage.missing(held, wanted))
                .containsExactly(
                        "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\" \"watch\"]}",
                        "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\" \"delete\" \"watch\"]}");
    }

    @Test
    void starsCoverAndNamesDoNot() {
        PolicyRule everything = rule("*", "*", "*", "-");
        assertThat(Coverage.missing(List.of(everything), List.of(rule("get", "apps", "deployments/scale", "-"))))
                .isEmpty();
        assertThat(Coverage.missing(
                        List.of(rule("get", "", "secrets", "one")), List.of(rule("get", "", "secrets", "-"))))
                .hasSize(1);
        assertThat(Coverage.missing(
                        List.of(rule("get", "", "secrets", "-")), List.of(rule("get", "", "secrets", "one"))))
                .isEmpty();
        assertThat(Coverage.missing(List.of(rule("get", "", "pods", "-")), List.of(everything)))
                .hasSize(1);
    }
}
