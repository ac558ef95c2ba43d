package io.kvorum.cluster;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.vertx5.Vertx5HttpClientFactory;
import io.kvorum.testkit.KvorumTest;
import io.kvorum.testkit.TestCluster;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;

/**
 * Client libraries as they are published, Helm's among them, and an operator, in their usual flows on one cluster. Two pods are shared:
 * {@code box} with a shell and one line of log, and {@code web}, which serves the welcome page of nginx on port 80.
 */
@KvorumTest
class ClientLibrariesIT {
    @BeforeAll
    static void pods(TestCluster cluster) {
        cluster.kubectl(
                        "run",
                        "box",
                        "--image=busybox",
                        "--restart=Never",
                        "--",
                        "sh",
                        "-c",
                        "echo logged; exec sleep 100000")
                .ok();
        cluster.kubectl("run", "web", "--image=nginx", "--port=80", "--expose").ok();
        cluster.kubectl("wait", "--for=condition=Ready", "pod/box", "pod/web", "--timeout=60s")
                .ok();
    }

    /** The transport that comes with the library; speaks HTTP/1.1. */
    @Nested
    class Fabric8 extends Fabric8Flows {
        Fabric8() {
            super("fabric8", new Vertx5HttpClientFactory());
        }
    }

    /** The transport that most operators take; speaks HTTP/2. */
    @Nested
    class Fabric8OnTheJdksTransport extends Fabric8Flows {
        Fabric8OnTheJdksTransport() {
            super("fabric8-jdk", new JdkHttpClientFactory());
        }
    }

    @Nested
    class TheOfficialJavaClient extends OfficialClientFlows {}

    @Nested
    class TheJavaScriptClient extends JavaScriptFlows {}

    @Nested
    class AnOperator extends OperatorFlows {}

    @Nested
    @EnabledOnOs(architectures = "amd64", disabledReason = "Helm's native library was found for linux-amd64 only")
    class TheHelmSdk extends HelmFlows {}
}
