package io.kvorum.bus;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The bus knows Vert.x and Hazelcast, and nothing of Kubernetes or of the processes that use it. */
class BusArchitectureTest {
    private final JavaClasses bus = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.bus");

    @Test
    void dependsOnTheReactiveRuntimeAndTheGridOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.bus..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.bus..",
                        "io.vertx.core..",
                        "com.hazelcast..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "javax.crypto..",
                        "java..")
                .check(bus);
    }

    @Test
    void hazelcastStaysBehindTheClusterManager() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.bus")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.hazelcast..")
                .check(bus);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.kvorum.bus.(*)..").should().beFreeOfCycles().check(bus);
    }
}
