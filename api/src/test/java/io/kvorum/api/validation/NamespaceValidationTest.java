package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import org.junit.jupiter.api.Test;

class NamespaceValidationTest {
    private static final String NEITHER = "name is neither a standard finalizer name nor is it fully qualified";

    @Test
    void finalizersHaveNames() {
        String namespace = "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'n'},'spec':{'finalizers':[%s]}}";
        assertThat(Findings.of(String.format(namespace, "'kubernetes','orphan','a.b/c'")))
                .isEmpty();
        assertThat(Findings.of(String.format(namespace, "'mine'")))
                .containsExactly("spec.finalizers: Invalid value: \"mine\": " + NEITHER);
    }

    @Test
    void finalizeNamesTheOneThatIsWrong() {
        ObjectNode old = Golden.tree("{'metadata':{'name':'n'},'spec':{'finalizers':['kubernetes']}}");
        ObjectNode next = Golden.tree("{'metadata':{'name':'n'},'spec':{'finalizers':['kubernetes','mine']}}");
        assertThat(Validation.updatePart(
                        Golden.resource("v1", "Namespace"), "finalize", old, next, ValidationOptions.DEFAULT))
                .extracting(cause -> cause.field() + ": " + cause.message())
                .containsExactly("spec.finalizers[1]: Invalid value: \"mine\": " + NEITHER);
    }
}
