package io.kvorum.api.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemasTest {
    private final Schemas schemas = Schemas.load();

    private static Schema at(Schema root, String... path) {
        Schema schema = root;
        for (String step : path) {
            schema = Objects.requireNonNull(step.equals("[]") ? schema.items() : schema.property(step), step);
        }
        return schema;
    }

    @Test
    void knowsEveryKindOfTheCatalogueAndOfItsSubresources() {
        for (ResourceInfo info : BuiltinCatalog.load().all()) {
            assertThat(schemas.of(info.apiVersion(), info.kind()).properties()).containsKeys("apiVersion", "kind");
        }
        assertThat(schemas.of("autoscaling/v1", "Scale").properties()).containsKey("spec");
        assertThat(schemas.of("policy/v1", "Eviction").properties()).containsKey("deleteOptions");
        assertThat(schemas.of("v1", "DeleteOptions").properties()).containsKey("propagationPolicy");
        assertThat(schemas.find("apps/v2", "Deployment")).isEmpty();
        assertThat(schemas.find("v1", "Deployment")).isEmpty();
    }

    @Test
    void carriesMergeRulesOfFields() {
        Schema spec = at(schemas.of("apps/v1", "Deployment"), "spec", "template", "spec");
        Schema containers = at(spec, "containers");
        assertThat(containers.patchMergeKey()).isEqualTo("name");
        assertThat(containers.patchStrategies()).containsExactly("merge");
        assertThat(containers.listType()).isEqualTo(Schema.ListType.MAP);
        assertThat(containers.mapKeys()).containsExactly("name");
        Schema ports = at(containers, "[]", "ports");
        assertThat(ports.patchMergeKey()).isEqualTo("containerPort");
        assertThat(ports.mapKeys()).containsExactly("containerPort", "protocol");
        assertThat(at(containers, "[]", "env").patchMergeKey()).isEqualTo("name");
        assertThat(at(containers, "[]", "command").listType()).isEqualTo(Schema.ListType.ATOMIC);
        assertThat(at(spec, "volumes").patchStrategies()).containsExactly("merge", "retainKeys");
        assertThat(at(spec, "nodeSelector").atomicMap()).isTrue();
        assertThat(at(schemas.of("apps/v1", "Deployment"), "spec", "selector").atomicMap())
                .isTrue();
        assertThat(at(schemas.of("v1", "PersistentVolume"), "spec", "claimRef").atomicMap())
                .isFalse();
        assertThat(at(schemas.of("v1", "Pod"), "metadata", "finalizers").listType())
                .isEqualTo(Schema.ListType.SET);
    }

    @Test
    void carriesTypesFormatsAndRequiredFields() {
        Schema deployment = schemas.of("apps/v1", "Deployment");
        assertThat(deployment.definition()).isEqualTo("io.k8s.api.apps.v1.Deployment");
        assertThat(at(deployment, "spec").required()).containsExactly("selector", "template");
        assertThat(at(deployment, "spec", "replicas").format()).isEqualTo("int32");
        assertThat(at(deployment, "spec", "strategy", "rollingUpdate", "maxSurge")
                        .type())
                .isEqualTo(Schema.Type.INT_OR_STRING);
        assertThat(at(deployment, "metadata", "creationTimestamp").format()).isEqualTo("date-time");
        assertThat(at(schemas.of("coordination.k8s.io/v1", "Lease"), "spec", "renewTime")
                        .format())
                .isEqualTo("micro-time");
        Schema limits = at(schemas.of("v1", "Pod"), "spec", "containers", "[]", "resources", "limits");
        assertThat(Objects.requireNonNull(limits.additionalProperties()).type()).isEqualTo(Schema.Type.QUANTITY);
        assertThat(at(schemas.of("v1", "Secret"), "data").struct()).isFalse();
    }

    @Test
    void followsRecursiveTypes() {
        Schema crd = schemas.of("apiextensions.k8s.io/v1", "CustomResourceDefinition");
        Schema props = at(crd, "spec", "versions", "[]", "schema", "openAPIV3Schema");
        for (int i = 0; i < 20; i++) {
            props = at(props, "not");
        }
        assertThat(props.properties()).containsKeys("type", "x-kubernetes-list-type");
        assertThat(at(props, "default").type()).isEqualTo(Schema.Type.ANY);
        assertThat(List.of(Schema.Type.values())).hasSize(9); // the file's nodes count on it
    }
}
