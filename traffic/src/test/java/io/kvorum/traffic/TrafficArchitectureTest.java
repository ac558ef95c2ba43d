package io.kvorum.traffic;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class TrafficArchitectureTest {
    /** The load must not share code with what it measures. */
    @Test
    void standsOnTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.traffic..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.traffic..",
                        "com.fasterxml.jackson.databind..",
                        "org.jspecify..",
                        "java..",
                        "javax.net..")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.kvorum.traffic"));
    }
}
