package io.kvorum.openapi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class OpenapiArchitectureTest {
    @Test
    void servingDocumentsNeedsNothingOfTheirMaking() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.openapi")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.kvorum.openapi", "java..", "org.jspecify..")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.kvorum.openapi"));
    }
}
