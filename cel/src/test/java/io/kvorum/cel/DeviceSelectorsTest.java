package io.kvorum.cel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which expressions may choose devices. */
class DeviceSelectorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "device.driver == 'd.example'",
                "device.attributes['d.example'].model == 'a100'",
                "device.attributes['d.example'].model",
                "device.allowMultipleAllocations",
                "device.attributes['d.example'].version.isGreaterThan(semver('1.0.0'))",
                "device.capacity['d.example'].memory.compareTo(quantity('1Gi')) >= 0",
                "cel.bind(dra, device.attributes['d.example'], dra.one && dra.other)",
                "'model' in device.attributes['d.example'] && device.attributes['d.example'].model.startsWith('a')",
            })
    void good(String expression) {
        assertThat(DeviceSelectors.problem(expression)).isNull();
    }

    @Test
    void bad() {
        DeviceSelectors.Problem typed = DeviceSelectors.problem("device.driver");
        assertThat(typed)
                .isEqualTo(new DeviceSelectors.Problem("must evaluate to bool or the unknown type, not string", false));
        assertThat(DeviceSelectors.problem("device.model == 'x'"))
                .asString()
                .contains("compilation failed: ", "undefined field 'model'", "cost=false");
    }

    @Test
    void expensive() {
        String attributes = "device.attributes.all(a%1$d, device.attributes[a%1$d].all(b%1$d, %2$s))";
        String inner = attributes.formatted(2, attributes.formatted(3, "true"));
        assertThat(DeviceSelectors.problem(attributes.formatted(1, "true"))).isNull();
        assertThat(DeviceSelectors.problem(attributes.formatted(1, inner)))
                .isEqualTo(new DeviceSelectors.Problem("too complex, exceeds cost limit", true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
                "semver('1.10.0').isGreaterThan(semver('1.9.0'))",
                "semver('1.0.0-alpha').isLessThan(semver('1.0.0'))",
                "semver('1.0.0-alpha.2').isLessThan(semver('1.0.0-alpha.10'))",
                "semver('1.0.0-1').isLessThan(semver('1.0.0-a'))",
                "semver('1.0.0-a').isLessThan(semver('1.0.0-a.1'))",
                "semver('1.0.0+a').compareTo(semver('1.0.0+b')) == 0",
                "isSemver('1.2.3') && !isSemver('1.2') && !isSemver('v1.2.3') && !isSemver('01.2.3')",
                "isSemver('v01.2', true) && semver('v01.2', true).minor() == 2 && semver('v01.2', true).patch() == 0",
            })
    void versions(String expression) throws CelProblem {
        Expression compiled = Expressions.with(Map.of()).compile(expression, Expressions.Result.BOOLEAN);
        assertThat(compiled.evaluate(Map.of())).isEqualTo(true);
    }
}
