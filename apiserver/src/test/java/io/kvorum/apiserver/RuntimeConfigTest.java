package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.component.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeConfigTest {
    private static final List<ResourceInfo> BUILTIN = BuiltinCatalog.load().all();

    private static RuntimeConfig parse(String... pairs) {
        return RuntimeConfig.parse(List.of(pairs), BUILTIN);
    }

    private static boolean serves(RuntimeConfig config, String group, String version, String resource) {
        return config.test(
                BuiltinCatalog.load().byResource(group, version, resource).orElseThrow());
    }

    @Test
    void allThereIsIsServedUnlessItIsSwitchedOff() {
        assertThat(BUILTIN).allMatch(parse("api/all=true"));
        assertThat(parse().isAll()).isTrue();
        assertThat(BUILTIN).allMatch(parse("api/v1", "apps/v1=true"));
        RuntimeConfig config = parse("batch/v1=false", "autoscaling/v1=0");
        assertThat(serves(config, "batch", "v1", "jobs")).isFalse();
        assertThat(serves(config, "autoscaling", "v1", "horizontalpodautoscalers"))
                .isFalse();
        assertThat(serves(config, "autoscaling", "v2", "horizontalpodautoscalers"))
                .isTrue();
    }

    @Test
    void theNarrowerWordCounts() {
        RuntimeConfig config =
                parse("apps/v1/daemonsets=true", "api/all=false", "api/v1=true", "batch/v1/cronjobs=false");
        assertThat(serves(config, "", "v1", "pods")).isTrue();
        assertThat(serves(config, "apps", "v1", "daemonsets")).isTrue();
        assertThat(serves(config, "apps", "v1", "deployments")).isFalse();
        assertThat(serves(config, "batch", "v1", "cronjobs")).isFalse();
    }

    @Test
    void stagesAreTheVersionsNames() {
        RuntimeConfig config = parse("api/beta=false", "api/alpha=true");
        assertThat(serves(config, "gateway.networking.k8s.io", "v1beta1", "referencegrants"))
                .isFalse();
        assertThat(serves(config, "gateway.networking.k8s.io", "v1", "gateways"))
                .isTrue();
        assertThat(serves(parse("api/all=false", "api/beta=true"), "", "v1", "pods"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "api/all=false|invalid key with only api/all=false",
                "v1|runtime-config invalid key v1",
                "a/b/c/d=true|runtime-config invalid key a/b/c/d",
                "mine.example.com/v1=true|unknown api groups mine.example.com",
                "apps/v1beta1=true|group version apps/v1beta1 that has not been registered",
                "api/v2=true|group version v2 that has not been registered",
                "api/beta=yes|invalid value api/beta=yes",
                "apps/v1=yes|invalid value of apps/v1: yes, err: strconv.ParseBool: parsing \"yes\": invalid syntax",
                "apps/v1/DaemonSets=true|invalid key apps/v1/DaemonSets: group/version/resource and resource is always"
                        + " lowercase plural, not \"DaemonSets\"",
            })
    void whatIsWrongIsSaid(String pair, String why) {
        assertThatThrownBy(() -> parse(pair)).isInstanceOf(UsageException.class).hasMessage("--runtime-config: " + why);
    }
}
