package io.kvorum.api.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON patch (RFC 6902, its examples of appendix A) and merge patch (RFC 7386, its table). */
class PatchesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'foo':'bar'}|[{'op':'add','path':'/baz','value':'qux'}]|{'foo':'bar','baz':'qux'}",
                "{'foo':['bar','baz']}|[{'op':'add','path':'/foo/1','value':'qux'}]|{'foo':['bar','qux','baz']}",
                "{'foo':['bar']}|[{'op':'add','path':'/foo/-','value':['abc']}]|{'foo':['bar',['abc']]}",
                "{'baz':'qux','foo':'bar'}|[{'op':'remove','path':'/baz'}]|{'foo':'bar'}",
                "{'foo':['bar','qux','baz']}|[{'op':'remove','path':'/foo/1'}]|{'foo':['bar','baz']}",
                "{'baz':'qux','foo':'bar'}|[{'op':'replace','path':'/baz','value':'boo'}]|{'baz':'boo','foo':'bar'}",
                "{'foo':{'bar':'baz','waldo':'fred'},'qux':{}}|[{'op':'move','from':'/foo/waldo','path':'/qux/thud'}]"
                        + "|{'foo':{'bar':'baz'},'qux':{'thud':'fred'}}",
                "{'foo':['all','grass','cows','eat']}|[{'op':'move','from':'/foo/1','path':'/foo/3'}]"
                        + "|{'foo':['all','cows','eat','grass']}",
                "{'a':{'b':1}}|[{'op':'copy','from':'/a','path':'/c'}]|{'a':{'b':1},'c':{'b':1}}",
                "{'baz':'qux','n':1}|[{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/n','value':1.0}]"
                        + "|{'baz':'qux','n':1}",
                "{'/':9,'~1':10}|[{'op':'test','path':'/~01','value':10},{'op':'remove','path':'/~1'}]|{'~1':10}",
                "{'a':1}|[{'op':'test','path':'/none','value':null}]|{'a':1}",
                "{'a':1}|[]|{'a':1}"
            })
    void jsonPatch(String object, String patch, String expected) {
        ObjectNode before = Golden.tree(object);
        assertThat(JsonPatch.apply(before, Golden.json(patch.replace('\'', '"'))))
                .isEqualTo(Golden.tree(expected));
        assertThat(before).isEqualTo(Golden.tree(object));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "[{'op':'remove','path':'/none'}]",
                "[{'op':'test','path':'/a','value':2}]",
                "[{'op':'replace','path':'/none','value':1}]",
                "[{'op':'add','path':'/a/b/c','value':1}]",
                "[{'op':'add','path':'/list/9','value':1}]",
                "[{'op':'add','path':'/list/01','value':1}]",
                "[{'op':'fly','path':'/a'}]",
                "[{'op':'add','path':'/a'}]",
                "[{'op':'move','from':'/list','path':'/list/0'}]",
                "[{'op':'replace','path':'','value':[]}]"
            })
    void jsonPatchThatDoesNotApplyIsInvalid(String patch) {
        ApiException refusal = catchThrowableOfType(
                ApiException.class,
                () -> JsonPatch.apply(Golden.tree("{'a':1,'list':[1]}"), Golden.json(patch.replace('\'', '"'))));
        assertThat(refusal.code()).isEqualTo(422);
    }

    @Test
    void malformedPatchesAreBadRequests() {
        ObjectNode object = Golden.tree("{}");
        for (ApiException refusal : new ApiException[] {
            catchThrowableOfType(ApiException.class, () -> JsonPatch.apply(object, Golden.json("{}"))),
            catchThrowableOfType(ApiException.class, () -> JsonPatch.apply(object, Golden.json("[1]"))),
            catchThrowableOfType(ApiException.class, () -> MergePatch.apply(object, Golden.json("[]"))),
        }) {
            assertThat(refusal.code()).isEqualTo(400);
        }
    }

    @Test
    void aJsonPatchHasALimit() {
        String many = "[" + "{\"op\":\"test\",\"path\":\"/x\",\"value\":null},".repeat(10_000)
                + "{\"op\":\"test\",\"path\":\"/x\",\"value\":null}]";
        assertThatThrownBy(() -> JsonPatch.apply(Golden.tree("{}"), Golden.json(many)))
                .hasMessageContaining("The allowed maximum operations in a JSON patch is 10000, got 10001");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':'b'}|{'a':'c'}|{'a':'c'}",
                "{'a':'b'}|{'b':'c'}|{'a':'b','b':'c'}",
                "{'a':'b'}|{'a':null}|{}",
                "{'a':'b','b':'c'}|{'a':null}|{'b':'c'}",
                "{'a':['b']}|{'a':'c'}|{'a':'c'}",
                "{'a':'c'}|{'a':['b']}|{'a':['b']}",
                "{'a':{'b':'c'}}|{'a':{'b':'d','c':null}}|{'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]}|{'a':[1]}|{'a':[1]}",
                "{'e':null}|{'a':1}|{'e':null,'a':1}",
                "{}|{'a':{'bb':{'ccc':null}}}|{'a':{'bb':{}}}"
            })
    void mergePatch(String object, String patch, String expected) {
        assertThat(MergePatch.apply(Golden.tree(object), Golden.tree(patch))).isEqualTo(Golden.tree(expected));
    }
}
