package io.kvorum.labs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LabsArchitectureTest {
    /** Labs reach a cluster only through {@link LabCluster}: what a student cannot see cannot be graded. */
    @Test
    void dependsOnNoComponent() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.labs..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.labs..", "java..", "com.fasterxml.jackson..", "org.snakeyaml..", "org.jspecify..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.kvorum.labs"));
    }
}
