package io.kvorum.scheduler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class SchedulerArchitectureTest {
    private final JavaClasses scheduler = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.scheduler");

    @Test
    void schedulerKnowsTheClientAndComponentBaseOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.scheduler..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.scheduler..",
                        "io.kvorum.client",
                        "io.kvorum.api",
                        "io.kvorum.component",
                        "io.kvorum.bus",
                        "io.vertx.core..",
                        "io.fabric8.kubernetes..",
                        "io.micrometer..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.databind..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "java..")
                .check(scheduler);
    }

    /** Plugins see the framework only; the queue and the cache know no plugin. */
    @Test
    void packagesPointOneWay() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.scheduler.plugins")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.scheduler.plugins",
                        "io.kvorum.scheduler.framework",
                        "io.kvorum.client",
                        "io.vertx.core",
                        "io.fabric8.kubernetes..",
                        "org.jspecify..",
                        "java..")
                .check(scheduler);
        classes()
                .that()
                .resideInAnyPackage("io.kvorum.scheduler.queue", "io.kvorum.scheduler.cache")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.scheduler.queue",
                        "io.kvorum.scheduler.cache",
                        "io.kvorum.scheduler.framework",
                        "io.kvorum.client",
                        "io.fabric8.kubernetes..",
                        "org.jspecify..",
                        "java..")
                .check(scheduler);
    }
}
