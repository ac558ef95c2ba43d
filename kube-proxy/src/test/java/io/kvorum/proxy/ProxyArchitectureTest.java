package io.kvorum.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ProxyArchitectureTest {
    private final JavaClasses proxy = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvorum.proxy");

    @Test
    void kubeProxyKnowsTheClientAndComponentBaseOnly() {
        classes()
                .that()
                .resideInAPackage("io.kvorum.proxy..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.proxy..",
                        "io.kvorum.client",
                        "io.kvorum.component..",
                        "io.kvorum.bus",
                        "io.vertx.core..",
                        "io.netty..",
                        "io.fabric8.kubernetes..",
                        "io.micrometer..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "java..")
                .check(proxy);
    }

    @Test
    void rulesKnowNoSockets() {
        noClasses()
                .that()
                .resideInAPackage("io.kvorum.proxy.rules")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..", "java.net..", "io.kvorum.proxy.net")
                .check(proxy);
    }
}
