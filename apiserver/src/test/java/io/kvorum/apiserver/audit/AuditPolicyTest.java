package io.kvorum.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which rule of a policy a request falls under. */
class AuditPolicyTest {
    private static final AuditPolicy POLICY = AuditPolicy.parse("""
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            omitManagedFields: true
            rules:
            - level: None
              users: ["system:kube-proxy"]
              verbs: [watch]
            - level: None
              nonResourceURLs: [/healthz*, /version]
            - level: Metadata
              omitManagedFields: false
              resources:
              - group: ""
                resources: [secrets, pods/log]
            - level: RequestResponse
              omitStages: [ResponseStarted]
              namespaces: [kube-system]
              resources: [{group: apps}]
            - level: Request
              userGroups: ["system:authenticated"]
              resources:
              - group: ""
                resources: ["*/status", configmaps]
                resourceNames: [one]
            """);
    private static final User JANE = new User("jane", List.of(User.AUTHENTICATED));

    private static AuditPolicy.Decision decide(User user, String method, String path) {
        return POLICY.decide(user, RequestInfo.parse(method, path, Query.EMPTY), path);
    }

    private static AuditLevel level(String method, String path) {
        return decide(JANE, method, path).level();
    }

    @Test
    void theFirstRuleThatMatchesDecides() {
        assertThat(level("GET", "/healthz/ping")).isEqualTo(AuditLevel.NONE);
        assertThat(level("GET", "/api/v1/secrets")).isEqualTo(AuditLevel.METADATA);
        assertThat(level("GET", "/api/v1/namespaces/a/pods/p/log")).isEqualTo(AuditLevel.METADATA);
        assertThat(level("GET", "/api/v1/namespaces/a/pods/p")).isEqualTo(AuditLevel.NONE);
        assertThat(level("POST", "/apis/apps/v1/namespaces/kube-system/deployments"))
                .isEqualTo(AuditLevel.REQUEST_RESPONSE);
        assertThat(level("POST", "/apis/apps/v1/namespaces/default/deployments"))
                .isEqualTo(AuditLevel.NONE);
        assertThat(level("GET", "/api/v1/namespaces/a/configmaps/one")).isEqualTo(AuditLevel.REQUEST);
        assertThat(level("GET", "/api/v1/namespaces/a/configmaps/two")).isEqualTo(AuditLevel.NONE);
        assertThat(level("PUT", "/api/v1/namespaces/a/pods/one/status")).isEqualTo(AuditLevel.REQUEST);
        assertThat(decide(User.ANONYMOUS, "GET", "/api/v1/namespaces/a/configmaps/one")
                        .level())
                .isEqualTo(AuditLevel.NONE);
    }

    @Test
    void stagesAreLeftOutByThePolicyAndByItsRules() {
        AuditPolicy.Decision decision = decide(JANE, "POST", "/apis/apps/v1/namespaces/kube-system/deployments");
        assertThat(decision.writes(AuditPolicy.RECEIVED)).isFalse();
        assertThat(decision.writes(AuditPolicy.STARTED)).isFalse();
        assertThat(decision.writes(AuditPolicy.COMPLETE)).isTrue();
        assertThat(decision.withoutManagers()).isTrue();
        assertThat(decide(JANE, "GET", "/api/v1/secrets").withoutManagers()).isFalse();
    }

    @Test
    void aPolicyThatMakesNoSenseIsRefused() {
        String head = "apiVersion: audit.k8s.io/v1\nkind: Policy\n";
        assertThatThrownBy(() -> AuditPolicy.parse(head + "rules: [{level: Everything}]"))
                .hasMessageContaining("Unsupported value: \"Everything\"");
        assertThatThrownBy(() -> AuditPolicy.parse(head)).hasMessageContaining("at least one");
        assertThatThrownBy(() -> AuditPolicy.parse(head + "omitStages: [Never]\nrules: [{level: None}]"))
                .hasMessageContaining("Never");
    }
}
