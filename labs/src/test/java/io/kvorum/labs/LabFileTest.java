package io.kvorum.labs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabFileTest {
    private static final String LAB = """
            title: A lab
            minutes: 5
            needs: {node: 2}
            setup: {manifests: [app.yaml], wait: ["--for=condition=Ready pod/a"]}
            steps:
              - title: First
                do: Make it so.
                checks:
                  - get: pod a
                    path: "{.status.phase}"
                    is: Running
                    within: 10s
                    otherwise: "found {value}"
                  - http: service/a:80
                    requests: 10
                    share: [{text: v2, percent: 50, tolerance: 10}]
                    otherwise: "found {value}"
                  - timeline: [{kind: fault}]
                    otherwise: nothing happened
                  - script: solve.sh now
                hints: [try harder]
            solution: solve.sh
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("README.md"), "# A lab");
        Files.writeString(folder.resolve("app.yaml"), "");
        Files.writeString(folder.resolve("solve.sh"), "");
    }

    private Lab read(String text) throws IOException {
        Files.writeString(folder.resolve("lab.yaml"), text);
        return LabFile.read(folder);
    }

    @Test
    void allKindsOfChecksAreRead() throws IOException {
        Lab lab = read(LAB);
        assertThat(lab.id()).isEqualTo(folder.getFileName().toString());
        assertThat(lab.needs()).isEqualTo(Map.of("node", 2));
        assertThat(lab.steps()).hasSize(1);
        List<Check> checks = lab.steps().get(0).checks();
        assertThat(checks.get(0))
                .isEqualTo(new Check.OfObject(
                        List.of("pod", "a"),
                        "{.status.phase}",
                        new Condition.Is("Running"),
                        Duration.ofSeconds(10),
                        "found {value}"));
        assertThat(checks.get(1)).isInstanceOfSatisfying(Check.OfHttp.class, check -> {
            assertThat(check.requests()).isEqualTo(10);
            assertThat(check.share()).containsExactly(new Check.Share("v2", 50, 10));
        });
        assertThat(checks.get(2)).isInstanceOf(Check.OfTimeline.class);
        assertThat(checks.get(3)).isEqualTo(new Check.OfScript("solve.sh", List.of("now"), Duration.ofMinutes(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "title: A lab | titel: A lab | title is missing",
                "minutes: 5 | minutes: soon | minutes must be a whole number",
                "{node: 2} | {nodes: 2} | needs.nodes is not known here",
                "is: Running | was: Running | steps[0].checks[0].is is missing",
                "within: 10s | within: 10 | steps[0].checks[0].within must be a duration",
                "[app.yaml] | [other.yaml] | setup.manifests names other.yaml, which is not in the lab's folder",
                "solution: solve.sh | solution: none.sh | solution names none.sh",
                "hints: [try harder] | hint: try harder | steps[0].hint is not known here",
                "script: solve.sh now | scribble: solve.sh | steps[0].checks[3].get is missing"
            })
    void everyErrorNamesTheField(String good, String bad, String message) {
        assertThat(LAB).contains(good);
        assertThatThrownBy(() -> read(LAB.replace(good, bad)))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("lab.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNoYamlIsSaidToBeNone() {
        assertThatThrownBy(() -> read("a: [")).isInstanceOf(LabException.class).hasMessageContaining("is not YAML");
    }

    @Test
    void theCatalogueOfThisRepositoryIsWellFormedAndInOrder() {
        List<Lab> labs = LabCatalogue.read(Path.of("catalog")).labs();
        assertThat(labs).hasSizeGreaterThanOrEqualTo(5);
        assertThat(labs.get(0).id()).isEqualTo("life-of-a-pod");
        assertThat(labs).allSatisfy(lab -> {
            assertThat(lab.minutes()).isBetween(5, 60);
            assertThat(lab.steps()).allSatisfy(step -> assertThat(step.hints()).isNotEmpty());
        });
    }
}
