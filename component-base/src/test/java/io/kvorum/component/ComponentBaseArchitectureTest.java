package io.kvorum.component;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Component-base knows how a process runs, and no component. */
class ComponentBaseArchitectureTest {
    private final JavaClasses base = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.component");

    @Test
    void dependsOnTheApiTheBusAndLibrariesOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.component..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.store..",
                        "io.kvorum.client..",
                        "io.kvorum.apiserver..",
                        "io.kvorum.scheduler..",
                        "io.kvorum.controllers..",
                        "io.kvorum.kubelet..",
                        "io.kvorum.proxy..",
                        "io.kvorum.faults..",
                        "io.kvorum.cli..",
                        "io.kvorum.testkit..")
                .check(base);
    }

    @Test
    void theLogKnowsSlf4jAndTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.component.log..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.kvorum.component.log..", "org.slf4j..", "org.jspecify..", "java..")
                .check(base);
    }

    /** Hazelcast's internals change without notice: they are touched in one place of this module. */
    @Test
    void hazelcastsInternalsAreTouchedByTheFaultHookAndTheStartOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.kvorum.component.fault..", "io.kvorum.component.grid..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.hazelcast.internal..", "com.hazelcast.instance.impl..")
                .check(base);
    }

    @Test
    void faultsKnowNothingOfTheProcess() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.component.fault..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.kvorum.component", "io.kvorum.component.grid..", "io.kvorum.bus..")
                .check(base);
    }
}
