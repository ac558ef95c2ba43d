package io.kvorum.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class CliArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.kvorum.cli");

    /** The command starts components as processes by class name and talks to them over sockets; it knows none of their code. */
    @Test
    void dependsOnNoComponent() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.store..",
                        "io.kvorum.apiserver..",
                        "io.kvorum.scheduler..",
                        "io.kvorum.controllers..",
                        "io.kvorum.kubelet..",
                        "io.kvorum.proxy..",
                        "io.kvorum.component..",
                        "io.vertx..",
                        "com.hazelcast..")
                .check(CLASSES);
    }

    /** The specification, addresses and command lines stay pure: no processes, no sockets. */
    @Test
    void theClusterPackageStartsNothing() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.cli.cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.cli.launcher..", "io.kvorum.cli.command..", "java.net..", "java.nio.channels..")
                .check(CLASSES);
    }
}
