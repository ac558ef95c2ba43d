package io.kvorum.api.managed;

import static io.kvorum.api.managed.Trees.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WriteScopeTest {
    private static final FieldSet FIELDS = set(
            "{'f:spec':{'f:list':{'.':{},'k:{\"name\":\"a\"}':{'.':{},'f:size':{'f:x':{}},'f:image':{}},'v:1':{}},'f:size':{}},'f:status':{'f:y':{}}}");

    private static FieldSet set(String fields) {
        return FieldSet.decode(json(fields));
    }

    @Test
    void allIsAll() {
        assertThat(WriteScope.ALL.keep(FIELDS)).isEqualTo(FIELDS);
        assertThat(WriteScope.except(List.of()).keep(FIELDS)).isEqualTo(FIELDS);
    }

    @Test
    void whatIsBelowAnExceptedPathGoes() {
        assertThat(WriteScope.except(List.of(List.of("status"), List.of("spec", "list")))
                        .keep(FIELDS))
                .isEqualTo(set("{'f:spec':{'f:size':{}}}"));
    }

    @Test
    void onlyWhatLeadsToAPathAndIsBelowItStays() {
        assertThat(WriteScope.only(List.of(List.of("spec", "list", WriteScope.ANY, "size")))
                        .keep(FIELDS))
                .isEqualTo(set(
                        "{'f:spec':{'f:list':{'.':{},'k:{\"name\":\"a\"}':{'.':{},'f:size':{'f:x':{}}},'v:1':{}}}}"));
        assertThat(WriteScope.only(List.of(List.of("spec", "other"))).keep(FIELDS))
                .isEqualTo(FieldSet.empty());
    }
}
