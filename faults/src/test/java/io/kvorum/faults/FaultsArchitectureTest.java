package io.kvorum.faults;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class FaultsArchitectureTest {
    /** The fault engine drives real processes from outside: it knows none of their code. */
    @Test
    void dependsOnNoComponent() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.faults..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.faults..",
                        "io.kvorum.api..",
                        "io.kvorum.client..",
                        "java..",
                        "com.fasterxml.jackson..",
                        "org.snakeyaml..",
                        "org.jspecify..",
                        "org.assertj..",
                        "org.junit..",
                        "com.tngtech..")
                .check(new ClassFileImporter().importPackages("io.kvorum.faults"));
    }
}
