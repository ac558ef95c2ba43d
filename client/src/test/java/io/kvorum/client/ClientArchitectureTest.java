package io.kvorum.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ClientArchitectureTest {
    @Test
    void clientKnowsTheApiAndTheBusOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.client..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.client..",
                        "io.kvorum.api..",
                        "io.kvorum.bus",
                        "io.vertx.core..",
                        "io.fabric8.kubernetes..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation..",
                        "org.snakeyaml.engine..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "java..")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.kvorum.client"));
    }
}
