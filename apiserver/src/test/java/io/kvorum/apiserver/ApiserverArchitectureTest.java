package io.kvorum.apiserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The API server knows the API, the bus, its process, and of the store only the client's face. */
class ApiserverArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.apiserver");

    @Test
    void dependsOnItsRowOfTheTableOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.apiserver..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.apiserver..",
                        "io.kvorum.api..",
                        "io.kvorum.cel..",
                        "io.kvorum.openapi..",
                        "io.kvorum.bus..",
                        "io.kvorum.component..",
                        "io.kvorum.store.client..",
                        "io.vertx..",
                        "io.netty.channel..",
                        "io.netty.util.concurrent..",
                        "io.prometheus.metrics..",
                        "com.fasterxml.jackson..",
                        "com.nimbusds..",
                        "org.bouncycastle..",
                        "org.snakeyaml..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "java..",
                        "javax..")
                .check(CLASSES);
    }

    @Test
    void theRegistryKnowsNoTransport() {
        noClasses()
                .that()
                .resideInAnyPackage("..registry..", "..cache..", "..admission..", "..service..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..edge..", "..pipeline..", "..bootstrap..", "io.vertx.core.http..")
                .check(CLASSES);
    }
}
