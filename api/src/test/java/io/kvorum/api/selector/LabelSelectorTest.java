package io.kvorum.api.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.api.ApiException;
import io.kvorum.api.Golden;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSelectorTest {
    private static final Map<String, String> LABELS = Map.of("app", "web", "tier", "", "n", "5", "example.com/x", "y");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app=web|true",
                "app==web|true",
                "app!=web|false",
                "none!=web|true",
                "app|true",
                "!app|false",
                "!none|true",
                "app in (web, db)|true",
                "app notin (web)|false",
                "none notin (web)|true",
                "none in (web)|false",
                "app=web,tier=|true",
                "tier|true",
                "tier in ()|error",
                "tier in (,a)|true",
                "n>4|true",
                "n>5|false",
                "n<6|true",
                "app>4|false",
                "example.com/x=y|true",
                " app = web |true",
                "in in (in)|false",
                "app=web,none|false"
            })
    void matches(String selector, String expected) {
        if (expected.equals("error")) {
            assertThatThrownBy(() -> LabelSelector.parse(selector)).isInstanceOf(ApiException.class);
        } else {
            assertThat(LabelSelector.parse(selector).matches(LABELS)).isEqualTo(Boolean.parseBoolean(expected));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a in b|unable to parse requirement: found 'b' expected: '('",
                "a b|unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
                "=a|found '=', expected: !, identifier, or 'end of string'",
                "a,|found '', expected: identifier after ','",
                "a=b c|found 'c', expected: ',' or 'end of string'",
                "a in (b|unable to parse requirement: found '', expected: ',' or ')'",
                "a in ()|unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"
            })
    void errorsAreWordedAsUpstream(String selector, String message) {
        assertThatThrownBy(() -> LabelSelector.parse(selector)).hasMessage(message);
    }

    @Test
    void stringFormReadsBack() {
        for (String text : new String[] {"", "a=b", "a!=b", "!a", "a", "a in (b,c),d notin (e)", "a>1"}) {
            LabelSelector selector = LabelSelector.parse(text);
            assertThat(selector).hasToString(text);
            assertThat(LabelSelector.parse(selector.toString())).isEqualTo(selector);
        }
    }

    @Test
    void objectForm() {
        assertThat(LabelSelector.of(null).isNothing()).isTrue();
        assertThat(LabelSelector.of(null).matches(LABELS)).isFalse();
        assertThat(LabelSelector.of(Golden.tree("{}")).isEverything()).isTrue();
        LabelSelector selector = LabelSelector.of(
                Golden.tree("{'matchLabels':{'app':'web'},'matchExpressions':[{'key':'none','operator':'DoesNotExist'},"
                        + "{'key':'n','operator':'In','values':['5','6']}]}"));
        assertThat(selector.matches(LABELS)).isTrue();
        assertThat(selector.matches(Map.of("app", "web", "n", "7"))).isFalse();
        assertThat(selector).hasToString("app=web,n in (5,6),!none");
        assertThatThrownBy(() -> LabelSelector.of(Golden.tree("{'matchExpressions':[{'key':'a','operator':'Is'}]}")))
                .hasMessage("\"Is\" is not a valid label selector operator");
    }

    @Test
    void aMapOfLabels() {
        assertThat(LabelSelector.ofLabels(Map.of("app", "web")).matches(LABELS)).isTrue();
        assertThat(LabelSelector.ofLabels(Map.of()).isEverything()).isTrue();
        assertThat(LabelSelector.parse("app").matchesObject(Golden.tree("{'metadata':{'labels':{'app':'x'}}}")))
                .isTrue();
    }
}
