package io.kvorum.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The object model stands on Jackson and nothing else: no Vert.x, no network, no other module. */
class ApiArchitectureTest {
    private static final JavaClasses API = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.api");

    @Test
    void dependsOnJacksonAndTheJdkOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.api..", "com.fasterxml.jackson..", "org.jspecify.annotations..", "java..")
                .check(API);
    }

    @Test
    void doesNoNetworkInputOrOutput() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..")
                .check(API);
    }

    @Test
    void schemasKnowNoRules() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.api.schema..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.api.validation..", "io.kvorum.api.strategy..", "io.kvorum.api.defaults..")
                .check(API);
    }
}
