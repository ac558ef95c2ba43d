package io.kvorum.api.managed;

import static io.kvorum.api.managed.Trees.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FieldSetTest {
    private static FieldSet set(String fields) {
        return FieldSet.decode(json(fields));
    }

    @Test
    void theWireFormIsReadAndWrittenAsItWas() {
        String wire =
                "{'f:metadata':{'f:labels':{'.':{},'f:app':{}}},'f:spec':{'f:ports':{'k:{\"port\":80,\"protocol\":\"TCP\"}':{'.':{},'f:port':{}}},'f:tags':{'v:\"a\"':{},'v:1':{}}}}";
        assertThat(set(wire).encode()).isEqualTo(json(wire));
    }

    @Test
    void keysAreNormalAndUnknownElementsAreDropped() {
        assertThat(set("{'k:{ \"protocol\": \"TCP\", \"port\": 80 }':{},'x:later':{}}")
                        .encode())
                .isEqualTo(json("{'k:{\"port\":80,\"protocol\":\"TCP\"}':{}}"));
        assertThatThrownBy(() -> set("{'spec':{}}")).hasMessage("missing colon: spec");
        assertThatThrownBy(() -> set("{'k:[]':{}}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set("{'f:a':1}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPlaceIsNotItsChildren() {
        FieldSet parentAndChild = set("{'f:a':{'.':{},'f:b':{}}}");
        assertThat(parentAndChild.difference(set("{'f:a':{}}"))).isEqualTo(set("{'f:a':{'f:b':{}}}"));
        assertThat(parentAndChild.recursiveDifference(set("{'f:a':{}}"))).isEqualTo(FieldSet.empty());
        assertThat(parentAndChild.intersection(set("{'f:a':{'f:b':{},'f:c':{}}}")))
                .isEqualTo(set("{'f:a':{'f:b':{}}}"));
        assertThat(set("{'f:a':{'f:b':{}}}").union(set("{'f:a':{}}"))).isEqualTo(parentAndChild);
        assertThat(set("{'f:a':{'f:b':{}}}").has(List.of("f:a"))).isFalse();
        assertThat(parentAndChild.has(List.of("f:a"))).isTrue();
    }

    @Test
    void pathsReadAsMessagesShowThem() {
        assertThat(PathElement.display(List.of(
                        "f:spec", "f:ports", "k:{\"port\":80,\"protocol\":\"TCP\"}", "f:tags", "v:\"a\"", "i:3")))
                .isEqualTo(".spec.ports[port=80,protocol=\"TCP\"].tags[=\"a\"][3]");
    }
}
