package io.kvorum.kubelet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class KubeletArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.kvorum.kubelet");

    @Test
    void theKubeletKnowsNoOtherComponent() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.apiserver..",
                        "io.kvorum.store..",
                        "io.kvorum.scheduler..",
                        "io.kvorum.controllers..",
                        "io.kvorum.proxy..",
                        "io.kvorum.cli..",
                        "io.kvorum.images..")
                .check(CLASSES);
    }

    @Test
    void runtimeLogsAndImagesKnowNoPodsNoApiAndNoVertx() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.kvorum.kubelet.runtime..", "io.kvorum.kubelet.logs..", "io.kvorum.kubelet.images..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.vertx..",
                        "io.fabric8..",
                        "io.kvorum.client..",
                        "io.kvorum.component..",
                        "io.kvorum.kubelet.pods..",
                        "io.kvorum.kubelet.probes..",
                        "io.kvorum.kubelet.volumes..")
                .check(CLASSES);
    }

    @Test
    void thePlanIsPure() {
        classes()
                .that()
                .haveSimpleName("PodPlan")
                .or()
                .haveSimpleName("ContainerView")
                .or()
                .haveSimpleName("RestartBackoff")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "io.kvorum.kubelet.pods..", "io.kvorum.kubelet.runtime..")
                .check(CLASSES);
    }
}
