package io.kvorum.api.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldSelectorTest {
    private static final ResourceInfo PODS = Golden.resource("v1", "Pod");
    private static final ObjectNode POD = Golden.tree(
            "{'metadata':{'name':'a','namespace':'n'},'spec':{'nodeName':'n1'},'status':{'phase':'Running'}}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|true",
                "metadata.name=a|true",
                "metadata.name==b|false",
                "metadata.name!=b|true",
                "spec.nodeName=n1,status.phase!=Failed|true",
                "spec.nodeName=|false",
                "spec.hostNetwork=false|true",
                "status.podIP=|true"
            })
    void matches(String selector, boolean expected) {
        assertThat(FieldSelector.parse(selector, PODS).matches(POD)).isEqualTo(expected);
    }

    @Test
    void unknownFieldsAreRefused() {
        assertThatThrownBy(() -> FieldSelector.parse("spec.foo=x", PODS))
                .hasMessage("field label not supported: spec.foo");
        assertThatThrownBy(() -> FieldSelector.parse("data=x", Golden.resource("v1", "ConfigMap")))
                .hasMessage("\"data\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        assertThatThrownBy(() -> FieldSelector.parse("metadata.name", PODS))
                .hasMessage("invalid selector: 'metadata.name'; can't understand 'metadata.name'");
    }

    @Test
    void valuesMayBeEscaped() {
        FieldSelector selector = FieldSelector.parse("metadata.name=a\\,b\\=c", PODS);
        assertThat(selector.requiredValue("metadata.name")).contains("a,b=c");
        assertThat(FieldSelector.parse(selector.toString(), PODS).requirements())
                .isEqualTo(selector.requirements());
        assertThatThrownBy(() -> FieldSelector.parse("metadata.name=a\\x", PODS))
                .hasMessageContaining("invalid escape sequence");
    }

    @Test
    void fieldsThatAreNoStringsHaveAText() {
        assertThat(FieldSelector.parse("spec.unschedulable=true", Golden.resource("v1", "Node"))
                        .matches(Golden.tree("{'spec':{'unschedulable':true}}")))
                .isTrue();
        assertThat(FieldSelector.parse("status.successful=2", Golden.resource("batch/v1", "Job"))
                        .matches(Golden.tree("{'status':{'succeeded':2}}")))
                .isTrue();
        assertThat(FieldSelector.parse("source=kubelet,involvedObject.kind=Pod", Golden.resource("v1", "Event"))
                        .matches(Golden.tree("{'source':{'component':'kubelet'},'involvedObject':{'kind':'Pod'}}")))
                .isTrue();
    }

    @Test
    void eventsOfTheNewerGroupAreKeptInTheOlderForm() {
        ResourceInfo events = Golden.resource("events.k8s.io/v1", "Event");
        assertThat(FieldSelector.parse("reportingController=pilot,regarding.name=boat", events)
                        .matches(Golden.tree("{'reportingComponent':'pilot','involvedObject':{'name':'boat'}}")))
                .isTrue();
        assertThat(FieldSelector.parse("regarding.name=raft", events)
                        .matches(Golden.tree("{'involvedObject':{'name':'boat'}}")))
                .isFalse();
    }
}
