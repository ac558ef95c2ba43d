package io.kvorum.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small value types: IntOrString, Status, quality of service, tree comparison. */
class ValuesTest {
    @Test
    void percentagesScaleUpOrDown() {
        IntOrString quarter = IntOrString.of("25%");
        assertThat(quarter.scaled(10, true)).isEqualTo(3);
        assertThat(quarter.scaled(10, false)).isEqualTo(2);
        assertThat(IntOrString.of(7).scaled(10, true)).isEqualTo(7);
        assertThat(IntOrString.of("web").isPercent()).isFalse();
        assertThat(IntOrString.of("00000000000000000000007%").percent()).isEqualTo(7);
        assertThat(IntOrString.of("2147483647%").percent()).isEqualTo(Integer.MAX_VALUE);
        assertThat(IntOrString.of("2147483648%").percent()).isEqualTo(Integer.MAX_VALUE);
        IntOrString huge = IntOrString.of("999999999999999999999%");
        assertThat(huge.percent()).isEqualTo(Integer.MAX_VALUE);
        assertThat(huge.scaled(1000, true)).isEqualTo(Integer.MAX_VALUE);
        assertThat(IntOrString.from(Golden.json("80"))).isEqualTo(IntOrString.of(80));
        assertThat(IntOrString.from(Golden.json("null"))).isNull();
    }

    @Test
    void aStatusReadsBackAsTheSameRefusal() {
        ApiException refusal = ApiException.invalid(
                "apps",
                "Deployment",
                "x",
                List.of(new ApiException.Cause("FieldValueRequired", "Required value", "spec")));
        ApiException read = StatusJson.parse(StatusJson.of(refusal), 422);
        assertThat(read.code()).isEqualTo(422);
        assertThat(read.reason()).isEqualTo("Invalid");
        assertThat(read.details()).isEqualTo(refusal.details());
        assertThat(read).hasMessage(refusal.getMessage());
    }

    @Test
    void anAnswerThatIsNoStatusTakesItsReasonFromTheCode() {
        ApiException read = StatusJson.parse(Golden.json("{}"), 429);
        assertThat(read.code()).isEqualTo(429);
        assertThat(read.reason()).isEqualTo("TooManyRequests");
        assertThat(read.details()).isNull();
    }

    @Test
    void aRefusalSaysTheSameThingOnce() {
        ApiException.Cause cause = new ApiException.Cause("FieldValueRequired", "Required value", "spec");
        ApiException refusal = ApiException.invalid("", "Pod", "x", List.of(cause, cause));
        assertThat(refusal).hasMessage("Pod \"x\" is invalid: spec: Required value");
        assertThat(refusal.details()).isEqualTo(new ApiException.Details("x", "", "Pod", "", List.of(cause, cause), 0));
    }

    @Test
    void qualityOfService() {
        assertThat(QosClass.of(pod("{}"))).isEqualTo("BestEffort");
        assertThat(QosClass.of(pod("{'requests':{'cpu':'1'}}"))).isEqualTo("Burstable");
        assertThat(QosClass.of(pod("{'limits':{'cpu':'1'}}"))).isEqualTo("Burstable");
        assertThat(QosClass.of(pod("{'limits':{'cpu':'1','memory':'1Gi'}}"))).isEqualTo("Guaranteed");
        assertThat(QosClass.of(
                        pod("{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'1000m','memory':'1024Mi'}}")))
                .isEqualTo("Guaranteed");
        assertThat(QosClass.of(pod("{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'500m','memory':'1Gi'}}")))
                .isEqualTo("Burstable");
    }

    private static ObjectNode pod(String resources) {
        return Golden.tree("{'spec':{'containers':[{'name':'c','resources':" + resources + "}]}}");
    }

    @Test
    void emptyAndAbsentMeanTheSame() {
        assertThat(Tree.semanticallyEqual(Golden.json("{\"a\":[],\"b\":null}"), Golden.json("{}")))
                .isTrue();
        assertThat(Tree.semanticallyEqual(Golden.json("{\"a\":[1]}"), Golden.json("{}")))
                .isFalse();
        assertThat(Tree.semanticallyEqual(Golden.json("{\"a\":{}}"), Golden.json("{}")))
                .isFalse();
    }
}
