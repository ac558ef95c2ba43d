package io.kvorum.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.selector.FieldSelector;
import io.kvorum.apiserver.cache.Interest;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.request.Query;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {
    private static final ResourceInfo PODS =
            BuiltinCatalog.load().byKind("", "v1", "Pod").orElseThrow();

    private static final List<ObjectVersion> OBJECTS = List.of(
            pod("a/one", "'spec':{'nodeName':'n1'},'status':{'phase':'Running'}"),
            pod("a/two", "'spec':{'nodeName':'n2'},'status':{'phase':'Running'}"),
            pod("b/one", "'spec':{},'status':{'phase':'Pending'}"),
            pod("b/three", "'spec':{'nodeName':'n1'},'status':{'phase':'Failed'}"));

    /** What is known without the tree of an object is what the tree would say. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "spec.nodeName=n1",
                "spec.nodeName=",
                "spec.nodeName!=n1",
                "spec.nodeName=n1,spec.nodeName=n2",
                "spec.nodeName=n1,spec.nodeName!=n1",
                "spec.nodeName=n1,status.phase!=Failed",
                "metadata.name=one",
                "metadata.name=one,spec.nodeName=n1",
                "metadata.name=one,metadata.name=two",
                "metadata.name!=one,spec.nodeName=n1",
                "metadata.namespace=b,spec.nodeName=n1",
                "status.phase=Running"
            })
    void fieldsSelectWhatTheTreeSays(String fields) {
        Selection selection = selection("", fields);
        FieldSelector meant = FieldSelector.parse(fields, PODS);
        assertThat(OBJECTS.stream().filter(selection::matches))
                .containsExactlyElementsOf(OBJECTS.stream()
                        .filter(object -> meant.matches(object.tree()))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "a, metadata.name=one, OBJECT, a/one",
        "'', metadata.name=one, EVERYTHING, ''",
        "a, spec.nodeName=n1, NODE, n1",
        "'', spec.nodeName=, NODE, ''",
        "a, spec.nodeName!=n1, NAMESPACE, a",
        "'', status.phase=Running, EVERYTHING, ''"
    })
    void interestIsTheNarrowestThereIs(String namespace, String fields, Interest.In in, String value) {
        assertThat(selection(namespace, fields).interest()).isEqualTo(new Interest(in, value));
    }

    private static Selection selection(String namespace, String fields) {
        String query = "fieldSelector=" + URLEncoder.encode(fields, StandardCharsets.UTF_8);
        return Selection.of(PODS, namespace, "", Query.parse(query));
    }

    private static ObjectVersion pod(String path, String rest) {
        String[] names = path.split("/");
        String json = ("{'kind':'Pod','metadata':{'name':'" + names[1] + "','namespace':'" + names[0] + "'}," + rest
                        + "}")
                .replace('\'', '"');
        return new ObjectVersion(path, 1, json.getBytes(StandardCharsets.UTF_8));
    }
}
