package io.kvorum.controllers.admissionpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ExpressionWarning;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.NamedRuleWithOperationsBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ParamKind;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.VariableBuilder;
import io.kvorum.controllers.testing.ControllerHarness;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyStatusControllerTest {
    private ControllerHarness harness;
    private ValidatingAdmissionPolicy policy;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
        policy = new ValidatingAdmissionPolicyBuilder()
                .withNewMetadata()
                .withName("replicas")
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .withNewMatchConstraints()
                .endMatchConstraints()
                .endSpec()
                .build();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void about(String group, String version, String... resources) {
        policy.getSpec()
                .getMatchConstraints()
                .setResourceRules(new ArrayList<>(List.of(new NamedRuleWithOperationsBuilder()
                        .withApiGroups(group)
                        .withApiVersions(version)
                        .withResources(resources)
                        .withOperations("CREATE")
                        .build())));
    }

    private void validates(String expression) {
        policy.getSpec()
                .setValidations(new ArrayList<>(List.of(
                        new ValidationBuilder().withExpression(expression).build())));
    }

    /** The warnings of the policy once it was looked at. */
    private List<ExpressionWarning> warnings() {
        harness.create(policy);
        harness.start(context -> new PolicyStatusController(context, 1));
        harness.api().until(() -> observed() == 1);
        return harness.api()
                .find(ValidatingAdmissionPolicy.class, "", "replicas")
                .getStatus()
                .getTypeChecking()
                .getExpressionWarnings();
    }

    private long observed() {
        ValidatingAdmissionPolicy found = harness.api().find(ValidatingAdmissionPolicy.class, "", "replicas");
        return found == null || found.getStatus() == null
                ? 0
                : found.getStatus().getObservedGeneration();
    }

    @Test
    void expressionsThatFitAreNotWarnedOf() {
        about("apps", "v1", "deployments", "statefulsets");
        validates("object.spec.replicas <= 5 && object.metadata.labels['app'] != '' && has(object.spec.template.spec)"
                + " && object.spec.template.spec.containers.all(c, c.image.startsWith('trusted/')"
                + " && c.resources.limits['cpu'] != '2')"
                + " && oldObject.metadata.creationTimestamp < timestamp('2030-01-01T00:00:00Z')"
                + " && request.userInfo.extra['scopes'].exists(s, s == 'x')"
                + " && authorizer.group('').resource('pods').check('get').allowed()");
        assertThat(warnings()).isEmpty();
    }

    @Test
    void fieldsThatAreNotThereAndTypesThatDoNotFitAreTold() {
        about("apps", "v1", "deployments", "daemonsets");
        validates("object.spec.replicas > '1'");
        policy.getSpec().getValidations().get(0).setMessageExpression("'have ' + object.spec.replicas");
        List<ExpressionWarning> warnings = warnings();
        assertThat(warnings)
                .extracting(ExpressionWarning::getFieldRef)
                .containsExactly("spec.validations[0].expression", "spec.validations[0].messageExpression");
        assertThat(warnings.get(0).getWarning()).isEqualTo("""
                        apps/v1, Kind=DaemonSet: ERROR: <input>:1:12: undefined field 'replicas'
                         | object.spec.replicas > '1'
                         | ...........^

                        apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'
                         | object.spec.replicas > '1'
                         | .....................^
                        """);
        assertThat(warnings.get(1).getWarning())
                .contains("found no matching overload for '_+_' applied to '(string, int)'");
    }

    @Test
    void variablesHaveTheTypesOfWhatTheyStandFor() {
        about("", "v1", "pods");
        policy.getSpec()
                .setVariables(List.of(
                        new VariableBuilder()
                                .withName("images")
                                .withExpression("object.spec.containers.map(c, c.image)")
                                .build(),
                        new VariableBuilder()
                                .withName("first")
                                .withExpression("variables.images[0]")
                                .build()));
        validates("variables.first > 1");
        assertThat(warnings())
                .extracting(ExpressionWarning::getWarning)
                .singleElement()
                .asString()
                .startsWith("/v1, Kind=Pod: ERROR: <input>:1:17: found no matching overload for '_>_' applied to"
                        + " '(string, int)'\n");
    }

    @Test
    void parametersAreTypedToo() {
        about("apps", "v1", "deployments");
        policy.getSpec().setParamKind(new ParamKind("v1", "ConfigMap"));
        validates("params.data['most'] == object.spec.replicas || params.dat['x'] == 'y'");
        assertThat(warnings())
                .extracting(ExpressionWarning::getWarning)
                .singleElement()
                .asString()
                .contains("'_==_' applied to '(string, int)'", "undefined field 'dat'")
                .doesNotContain("Kind=ConfigMap");
    }

    @Test
    void kindsThatAreNotServedAndWildcardsAreNotLookedAt() {
        about("example.com", "v1", "toys");
        policy.getSpec()
                .getMatchConstraints()
                .getResourceRules()
                .add(new NamedRuleWithOperationsBuilder()
                        .withApiGroups("*")
                        .withApiVersions("v1")
                        .withResources("pods")
                        .build());
        policy.getSpec()
                .getMatchConstraints()
                .getResourceRules()
                .add(new NamedRuleWithOperationsBuilder()
                        .withApiGroups("")
                        .withApiVersions("v1")
                        .withResources("pods/status", "*")
                        .build());
        validates("object.nothing == 1");
        assertThat(warnings()).isEmpty();
    }
}
