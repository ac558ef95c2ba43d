package io.kvorum.apiserver.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.bootstrap.BirthDocument;
import io.kvorum.apiserver.request.User;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The default roles against verbs and resources, as Kubernetes documents them. */
class BootstrapPolicyTest {
    private static final RbacPolicy POLICY = new RbacPolicy();

    @BeforeAll
    static void load() throws IOException {
        BirthDocument.read().rbac().forEach(object -> {
            if (object.has("roleRef")) {
                POLICY.putBinding(object);
            } else {
                POLICY.putRole(object);
            }
        });
        // Each of the roles that users are given, to a group of its name, in namespace "team" only.
        for (String role : List.of("admin", "edit", "view")) {
            var binding = Bindings.roleBinding("team", role, "ClusterRole", role);
            Bindings.group(binding, "team-" + role);
            POLICY.putBinding(binding);
        }
    }

    private static User user(String who) {
        return switch (who) {
            case "admin", "edit", "view" -> new User(who, List.of("team-" + who, User.AUTHENTICATED));
            case "masters" -> new User("root", List.of(User.MASTERS, User.AUTHENTICATED));
            case "nobody" -> new User("nobody", List.of(User.AUTHENTICATED));
            case "anonymous" -> User.ANONYMOUS;
            case "scheduler" -> new User("system:kube-scheduler", List.of(User.AUTHENTICATED));
            case "controller-manager" -> new User("system:kube-controller-manager", List.of(User.AUTHENTICATED));
            case "proxy" -> new User("system:kube-proxy", List.of(User.AUTHENTICATED));
            case "gateway" -> new User("system:kvorum:gateway", List.of(User.AUTHENTICATED));
            case "node" -> User.node("node-1");
            case "pod" -> User.serviceAccount("team", "default", "uid", Map.of());
            default -> User.serviceAccount("kube-system", who, "uid", Map.of());
        };
    }

    /** @param resource {@code resource[/subresource][.group]} */
    private static boolean allowed(String who, String verb, String resource, String namespace, String name) {
        int dot = resource.indexOf('.');
        String group = dot < 0 ? "" : resource.substring(dot + 1);
        String plain = dot < 0 ? resource : resource.substring(0, dot);
        int slash = plain.indexOf('/');
        Attributes asked = new Attributes(
                verb,
                group,
                "v1",
                slash < 0 ? plain : plain.substring(0, slash),
                slash < 0 ? "" : plain.substring(slash + 1),
                namespace,
                name,
                "");
        return POLICY.decide(user(who), asked).allowed();
    }

    @ParameterizedTest(name = "{0} {1} {2} in \"{3}\" named \"{4}\": {5}")
    @CsvSource(nullValues = "-", emptyValue = "", textBlock = """
        # cluster-admin
        masters, delete, nodes, '', n, true
        masters, anything, whatever.example.com, x, '', true
        # admin: all of its namespace and its roles, not quotas, not other namespaces
        admin, create, deployments.apps, team, '', true
        admin, get, secrets, team, s, true
        admin, create, rolebindings.rbac.authorization.k8s.io, team, '', true
        admin, create, roles.rbac.authorization.k8s.io, team, '', true
        admin, create, localsubjectaccessreviews.authorization.k8s.io, team, '', true
        admin, get, resourcequotas, team, q, true
        admin, create, resourcequotas, team, '', false
        admin, update, namespaces, team, team, false
        admin, get, namespaces, team, team, true
        admin, create, deployments.apps, other, '', false
        admin, get, nodes, '', n, false
        admin, create, clusterroles.rbac.authorization.k8s.io, '', '', false
        admin, create, serviceaccounts/token, team, sa, true
        # edit: workloads and secrets, no roles
        edit, create, pods, team, '', true
        edit, create, pods/exec, team, p, true
        edit, get, secrets, team, s, true
        edit, patch, deployments/scale.apps, team, d, true
        edit, impersonate, serviceaccounts, team, default, true
        edit, get, roles.rbac.authorization.k8s.io, team, r, false
        edit, create, rolebindings.rbac.authorization.k8s.io, team, '', false
        edit, create, pods, other, '', false
        # view: reads, but no secrets and no roles
        view, list, pods, team, '', true
        view, get, pods/log, team, p, true
        view, watch, deployments.apps, team, '', true
        view, get, configmaps, team, c, true
        view, get, secrets, team, s, false
        view, list, secrets, team, '', false
        view, create, pods, team, '', false
        view, create, pods/exec, team, p, false
        view, delete, deployments.apps, team, d, false
        view, get, roles.rbac.authorization.k8s.io, team, r, false
        view, list, pods, other, '', false
        # system:basic-user
        nobody, create, selfsubjectaccessreviews.authorization.k8s.io, '', '', true
        nobody, create, selfsubjectreviews.authentication.k8s.io, '', '', true
        nobody, create, subjectaccessreviews.authorization.k8s.io, '', '', false
        nobody, get, pods, team, p, false
        nobody, list, namespaces, '', '', false
        anonymous, create, selfsubjectaccessreviews.authorization.k8s.io, '', '', false
        pod, get, pods, team, p, false
        pod, create, selfsubjectreviews.authentication.k8s.io, '', '', true
        # system:kube-scheduler
        scheduler, create, pods/binding, team, p, true
        scheduler, list, nodes, '', '', true
        scheduler, update, leases.coordination.k8s.io, kube-system, kube-scheduler, true
        scheduler, update, leases.coordination.k8s.io, team, kube-scheduler, true
        scheduler, update, leases.coordination.k8s.io, team, other, false
        scheduler, get, secrets, team, s, false
        scheduler, create, deployments.apps, team, '', false
        # system:kube-controller-manager: watches all, leaves writing to its controllers
        controller-manager, list, secrets, '', '', true
        controller-manager, create, serviceaccounts/token, kube-system, job-controller, true
        controller-manager, delete, pods, team, p, false
        controller-manager, update, deployments.apps, team, d, false
        # controllers
        deployment-controller, create, replicasets.apps, team, '', true
        deployment-controller, delete, nodes, '', n, false
        replicaset-controller, create, pods, team, '', true
        replicaset-controller, get, secrets, team, s, false
        node-controller, patch, nodes, '', n, true
        generic-garbage-collector, delete, widgets.example.com, team, w, true
        generic-garbage-collector, create, pods, team, '', false
        clusterrole-aggregation-controller, escalate, clusterroles.rbac.authorization.k8s.io, '', admin, true
        # system:node-proxier
        proxy, watch, endpointslices.discovery.k8s.io, '', '', true
        proxy, get, secrets, team, s, false
        proxy, update, services, team, s, false
        # system:node is bound to nobody: the Node authorizer decides for kubelets
        node, get, secrets, team, s, false
        node, list, services, '', '', false
        # the gateway
        gateway, watch, httproutes.gateway.networking.k8s.io, '', '', true
        gateway, update, gateways/status.gateway.networking.k8s.io, team, g, true
        gateway, update, gateways.gateway.networking.k8s.io, team, g, false
        gateway, get, secrets, team, tls, true
        gateway, create, pods, team, '', false
        """)
    void answersAsDocumented(
            String who, String verb, String resource, String namespace, String name, boolean expected) {
        assertThat(allowed(who, verb, resource, namespace, name)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, /healthz, true",
        "nobody, /version, true",
        "nobody, /apis, true",
        "nobody, /apis/apps/v1, true",
        "nobody, /openapi/v2, true",
        "nobody, /metrics, false",
        "anonymous, /healthz, true",
        "anonymous, /livez, true",
        "anonymous, /readyz, true",
        "anonymous, /version, true",
        "anonymous, /apis, false",
        "anonymous, /metrics, false",
        "pod, /.well-known/openid-configuration, true",
        "pod, /openid/v1/jwks, true",
        "nobody, /openid/v1/jwks, false",
        "masters, /debug/pprof, true"
    })
    void pathsThatNameNoResource(String who, String path, boolean expected) {
        Attributes asked = new Attributes("get", "", "", "", "", "", "", path);
        assertThat(POLICY.decide(user(who), asked).allowed()).isEqualTo(expected);
    }

    @Test
    void theReasonNamesBindingRoleAndSubject() {
        assertThat(POLICY.decide(user("view"), Attributes.resource("get", "", "pods", "team", "p"))
                        .reason())
                .isEqualTo("RBAC: allowed by RoleBinding \"team/view\" of ClusterRole \"view\" to Group \"team-view\"");
        assertThat(POLICY.decide(user("job-controller"), Attributes.resource("create", "", "pods", "team", ""))
                        .reason())
                .isEqualTo("RBAC: allowed by ClusterRoleBinding \"system:controller:job-controller\" of ClusterRole"
                        + " \"system:controller:job-controller\" to ServiceAccount"
                        + " \"job-controller/kube-system\"");
    }
}
