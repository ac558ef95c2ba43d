package io.kvorum.controllers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The controllers know the API's client and the component base, and nothing of each other or of other components. */
class ControllerManagerArchitectureTest {
    private final JavaClasses controllers = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.controllers");

    @Test
    void dependsOnClientAndComponentBaseOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.controllers..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.controllers..",
                        "io.kvorum.client..",
                        "io.kvorum.component..",
                        "io.kvorum.api..",
                        "io.kvorum.cel..",
                        "io.kvorum.bus..",
                        "io.fabric8.kubernetes..",
                        "com.fasterxml.jackson..",
                        "tools.jackson..",
                        "io.micrometer.core..",
                        "io.vertx.core..",
                        "org.bouncycastle..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "javax.crypto..",
                        "java..")
                .check(controllers);
    }

    @Test
    void onlyTheProcessKnowsTheComponentBaseAndTheBus() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.kvorum.controllers")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.kvorum.component..", "io.kvorum.bus..")
                .check(controllers);
    }

    @Test
    void controllersShareOnlyWhatIsMadeToBeShared() {
        slices().matching("io.kvorum.controllers.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(),
                        JavaClass.Predicates.resideInAnyPackage(
                                "..loop", "..pods", "..services", "..discovery", "..history"))
                .check(controllers);
    }
}
