package io.kvorum.balancer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class BalancerArchitectureTest {
    private final JavaClasses balancer = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.balancer");

    /** It passes bytes on: it knows nothing of the API, nor of those who serve it. */
    @Test
    void theBalancerKnowsComponentBaseOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.balancer..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.balancer..",
                        "io.kvorum.component..",
                        "io.vertx.core..",
                        "com.fasterxml.jackson.databind..",
                        "io.micrometer..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "java..")
                .check(balancer);
    }

    @Test
    void theChoiceOfAServerKnowsNoTime() {
        noClasses()
                .that()
                .haveSimpleName("ServerHealth")
                .or()
                .haveSimpleName("ServerPool")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "java.time..", "java.net..")
                .check(balancer);
    }
}
