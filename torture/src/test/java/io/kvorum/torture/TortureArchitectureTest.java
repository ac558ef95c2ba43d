package io.kvorum.torture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class TortureArchitectureTest {
    private final JavaClasses torture = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.torture");

    /** A checker must not share code with what it checks. */
    @Test
    void theCheckersStandOnTheJdkAlone() {
        classes()
                .that()
                .resideInAnyPackage(
                        "io.kvorum.torture.history..", "io.kvorum.torture.check..", "io.kvorum.torture.report..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.torture.history..",
                        "io.kvorum.torture.check..",
                        "io.kvorum.torture.report..",
                        "com.fasterxml.jackson.core..",
                        "org.jspecify..",
                        "java..")
                .check(torture);
    }

    @Test
    void theModelKnowsNothingOfItsCheckersAndTheyNothingOfThePage() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.torture.history..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.kvorum.torture.check..", "io.kvorum.torture.report..")
                .check(torture);
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.torture.check..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.kvorum.torture.report..", "java.io..", "java.nio..", "com.fasterxml..")
                .check(torture);
    }
}
