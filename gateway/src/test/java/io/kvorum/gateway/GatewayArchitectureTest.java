package io.kvorum.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class GatewayArchitectureTest {
    private final JavaClasses gateway = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.gateway");

    @Test
    void theGatewayKnowsTheClientAndComponentBaseOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.gateway..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.gateway..",
                        "io.kvorum.api",
                        "io.kvorum.client",
                        "io.kvorum.component",
                        "io.kvorum.bus..",
                        "io.vertx.core..",
                        "io.netty..",
                        "io.fabric8.kubernetes..",
                        "io.micrometer..",
                        "com.hazelcast.core",
                        "org.slf4j..",
                        "org.jspecify..",
                        "java..",
                        "javax.net.ssl..")
                .check(gateway);
    }

    @Test
    void routingIsPure() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.gateway.routing")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.vertx..",
                        "io.netty..",
                        "io.fabric8..",
                        "io.kvorum.gateway.proxy",
                        "io.kvorum.gateway.control")
                .check(gateway);
    }

    @Test
    void theDataPlaneKnowsNoKubernetes() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.gateway.proxy")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.kvorum.client..", "io.kvorum.gateway.control")
                .check(gateway);
    }
}
