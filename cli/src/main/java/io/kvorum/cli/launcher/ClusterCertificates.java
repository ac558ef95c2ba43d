package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.pki.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;

/** Makes the certificates a cluster needs and the kubeconfig of its administrator. */
public final class ClusterCertificates {
    private ClusterCertificates() {}

    /** Makes what is missing or about to expire; leaves the rest. */
    public static void issue(ClusterSpec spec, ClusterFolder folder) throws IOException {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(folder.pki(), Clock.systemUTC());
        AddressPlan addresses = new AddressPlan(spec.index());
        for (Instance instance : Instance.of(spec)) {
            if (instance.role().equals("apiserver")) {
                authority.server(
                        instance.name(),
                        "kube-apiserver",
                        List.of(
                                "kubernetes",
                                "kubernetes.default",
                                "kubernetes.default.svc",
                                "kubernetes.default.svc.cluster.local",
                                "localhost",
                                "127.0.0.1",
                                addresses.kubernetesService(),
                                instance.address()));
            }
        }
        authority.client("admin", "kubernetes-admin", List.of("system:masters"));
        Files.writeString(folder.kubeconfig(), kubeconfig(spec, folder, addresses));
    }

    private static String kubeconfig(ClusterSpec spec, ClusterFolder folder, AddressPlan addresses) throws IOException {
        String context = spec.name().equals("kvorum") ? "kvorum" : "kvorum-" + spec.name();
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    certificate-authority-data: %2$s
                    server: https://%3$s:%4$d
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s-admin
                current-context: %1$s
                users:
                - name: %1$s-admin
                  user:
                    client-certificate-data: %5$s
                    client-key-data: %6$s
                """.formatted(
                        context,
                        base64(folder.pki().resolve("ca.crt")),
                        addresses.address("apiserver", 0),
                        spec.securePort(),
                        base64(folder.pki().resolve("admin.crt")),
                        base64(folder.pki().resolve("admin.key")));
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }
}
