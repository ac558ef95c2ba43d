package io.kvorum.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the packages of the store may depend on. */
final class StoreArchitectureTest {
    private static final JavaClasses STORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.kvorum.store");

    @Test
    void theKeySpaceIsPure() {
        classes()
                .that()
                .resideInAPackage("..store.mvcc..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.store.mvcc",
                        "io.kvorum.store.codec",
                        "io.kvorum.store.client",
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.concurrent",
                        "java.util.stream",
                        "java.security",
                        "org.jspecify..")
                .check(STORE);
        noClasses()
                .that()
                .resideInAPackage("..store.mvcc..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.(concurrent\\.(?!TimeUnit).*|Random|UUID)")
                .check(STORE);
    }

    @Test
    void hazelcastIsTouchedByTheReplicaAndItsLogOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..store.raft..", "..store.wal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.hazelcast..")
                .check(STORE);
    }

    /** A store that does not serve etcd's API loads no class of gRPC. */
    @Test
    void gRpcIsTouchedByTheEtcdFaceOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..store.etcd..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.kvorum.etcd.api..")
                .check(STORE);
    }

    @Test
    void theLogOnDiskKnowsNoNetwork() {
        noClasses()
                .that()
                .resideInAPackage("..store.wal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "..store.raft..", "..store.server..", "io.kvorum.bus..")
                .check(STORE);
    }

    @Test
    void clientsKnowNothingOfTheMembersInside() {
        noClasses()
                .that()
                .resideInAPackage("..store.client..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..store.raft..", "..store.wal..", "..store.server..")
                .check(STORE);
    }

    @Test
    void theStoreKnowsNoOtherComponent() {
        classes()
                .that()
                .resideInAPackage("io.kvorum..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvorum.store..",
                        "io.kvorum.bus..",
                        "io.kvorum.component..",
                        "io.kvorum.etcd.api..",
                        "com.google.protobuf..",
                        "io.grpc..",
                        "java..",
                        "javax.net.ssl..",
                        "com.hazelcast..",
                        "com.fasterxml.jackson..",
                        "io.vertx..",
                        "io.netty..",
                        "io.micrometer..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(STORE);
    }
}
