package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.Golden;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessReviewRulesTest {
    private static final String WHOM = "'user':'jane'";
    private static final String WHAT = "'resourceAttributes':{'verb':'get','resource':'pods'}";

    @Test
    void allThatIsWrongIsSaid() {
        assertThat(of("subjectaccessreviews", "{'spec':{}}"))
                .containsExactly(
                        "spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or"
                                + " resourceAttributes must be specified",
                        "spec.user: Invalid value: \"\": at least one of user or group must be specified");
        assertThat(of("selfsubjectaccessreviews", "{'spec':{}}")).hasSize(1);
    }

    @Test
    void aQuestionHasNoMetadata() {
        String spec = "'spec':{" + WHOM + "," + WHAT + "}";
        assertThat(of("subjectaccessreviews", "{" + spec + "}")).isEmpty();
        assertThat(of(
                        "subjectaccessreviews",
                        "{'metadata':{'creationTimestamp':null,'managedFields':[{}]}," + spec + "}"))
                .isEmpty();
        assertThat(of("subjectaccessreviews", "{'metadata':{'name':'n'}," + spec + "}"))
                .containsExactly("metadata: Invalid value: {\"name\":\"n\"}: must be empty");
        assertThat(of("selfsubjectaccessreviews", "{'metadata':{'labels':{'a':'b'}}," + spec + "}"))
                .containsExactly("metadata: Invalid value: {\"labels\":{\"a\":\"b\"}}: must be empty");
    }

    @Test
    void aLocalQuestionIsAboutResourcesOfItsNamespace() {
        assertThat(of(
                        "localsubjectaccessreviews",
                        "{'metadata':{'namespace':'one','name':'n'},'spec':{" + WHOM + "," + WHAT
                                + ",'nonResourceAttributes':{'path':'/x'}}}"))
                .containsExactly(
                        "spec.nonResourceAttributes: Invalid value: {\"Path\":\"/x\",\"Verb\":\"\"}: cannot be specified in"
                                + " combination with resourceAttributes",
                        "metadata: Invalid value: {\"namespace\":\"one\",\"name\":\"n\"}: must be empty except for"
                                + " namespace",
                        "spec.resourceAttributes.namespace: Invalid value: \"\": must match metadata.namespace",
                        "spec.nonResourceAttributes: Invalid value: {\"Path\":\"/x\",\"Verb\":\"\"}: disallowed on this kind of"
                                + " request");
    }

    @Test
    void selectorsAreWhole() {
        assertThat(selectors("'fieldSelector':{}"))
                .containsExactly(
                        "spec.resourceAttributes.fieldSelector.requirements: Required value: when"
                                + " spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required");
        assertThat(selectors("'labelSelector':{'rawSelector':'a','requirements':[{'key':'a','operator':'Exists'}]}"))
                .containsExactly("spec.resourceAttributes.labelSelector.rawSelector: Invalid value: \"a\": may not"
                        + " specified at the same time as requirements");
        assertThat(selectors("'fieldSelector':{'requirements':[{'operator':'In'},{'key':'a','operator':'Exists',"
                        + "'values':['b']},{'key':'a','operator':'Newer','values':['b']}]}"))
                .containsExactly(
                        "spec.resourceAttributes.fieldSelector.requirements[0].key: Required value: must be specified",
                        "spec.resourceAttributes.fieldSelector.requirements[0].values: Required value: must be specified"
                                + " when `operator` is 'In' or 'NotIn'",
                        "spec.resourceAttributes.fieldSelector.requirements[1].values: Forbidden: may not be specified"
                                + " when `operator` is 'Exists' or 'DoesNotExist'");
        assertThat(selectors("'labelSelector':{'requirements':[{'key':'-','operator':'In','values':['-']}]}"))
                .hasSize(2)
                .first()
                .asString()
                .startsWith(
                        "spec.resourceAttributes.labelSelector.requirements[0].key: Invalid value: \"-\": name part");
    }

    private static List<String> selectors(String selector) {
        return of("selfsubjectaccessreviews", "{'spec':{'resourceAttributes':{'verb':'list'," + selector + "}}}");
    }

    private static List<String> of(String resource, String review) {
        return AccessReviewRules.check(resource, Golden.tree(review)).stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }
}
