package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureGatesTest {
    private static final String CHOICE = "MutatingAdmissionPolicy";

    private static FeatureGates parse(String value) {
        ComponentFlags flags = new ComponentFlags();
        FeatureGates gates = new FeatureGates(flags, Set.of(CHOICE));
        flags.parse(value.isEmpty() ? List.of() : List.of("--feature-gates=" + value));
        gates.check();
        return gates;
    }

    @Test
    void aChoiceIsHonoured() {
        assertThat(parse("").on(CHOICE)).isTrue();
        assertThat(parse(CHOICE + "=false").on(CHOICE)).isFalse();
        assertThat(parse(CHOICE + "=true").on(CHOICE)).isTrue();
    }

    @Test
    void allAreToldWithTheirStages() {
        assertThat(parse(CHOICE + "=false").all())
                .contains(
                        new FeatureGates.Feature(CHOICE, "BETA", false),
                        new FeatureGates.Feature("SidecarContainers", "", true),
                        new FeatureGates.Feature("GitRepoVolumeDriver", "DEPRECATED", false))
                .isSortedAccordingTo(Comparator.comparing(FeatureGates.Feature::name));
    }

    @Test
    void whatIsTheCaseAnywayMayBeSaid() {
        assertThat(parse("SidecarContainers=true,AllAlpha=false,HPAScaleToZero=0")
                        .on("SidecarContainers"))
                .isTrue();
        // By default it is off upstream; here it is there.
        assertThat(parse("DynamicResourceAllocation=true").on("DynamicResourceAllocation"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "NoSuchThing=true|unrecognized feature gate: NoSuchThing",
                "HPAScaleToZero|missing bool value for HPAScaleToZero",
                "HPAScaleToZero=yes|invalid value of HPAScaleToZero=yes, err: strconv.ParseBool: parsing \"yes\": invalid"
                        + " syntax",
                "SidecarContainers=false|cannot set feature gate SidecarContainers to false, feature is locked to true",
                "DynamicResourceAllocation=false|cannot set feature gate DynamicResourceAllocation to false, this process has"
                        + " it one way only: leave it out",
                "HPAScaleToZero=true|cannot set feature gate HPAScaleToZero to true, this process has it one way only:"
                        + " leave it out",
            })
    void whatIsWrongIsSaid(String value, String why) {
        assertThatThrownBy(() -> parse(value))
                .isInstanceOf(UsageException.class)
                .hasMessage("--feature-gates: " + why);
    }

    @Test
    void aStageAsAWholeIsNotLeftIfOneOfItCannotBe() {
        assertThatThrownBy(() -> parse("AllAlpha=true"))
                .hasMessageStartingWith("--feature-gates: cannot set feature gate AllAlpha to true, this process has ")
                .hasMessageContaining("APIServingWithRoutine")
                .hasMessageEndingWith("; name those you mean instead");
    }
}
