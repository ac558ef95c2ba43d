package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.pki.AdminKubeconfig;
import io.kvorum.cli.pki.BusCredentials;
import io.kvorum.cli.pki.CertificateAuthority;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** Makes the certificates a local cluster needs and the kubeconfig of its administrator. */
public final class ClusterCertificates {
    private ClusterCertificates() {}

    /** Makes what is missing or about to expire; leaves the rest. */
    public static void issue(ClusterSpec spec, ClusterFolder folder) throws IOException {
        issueAdministrator(issueServers(spec, folder), spec, folder);
    }

    /** Only what the components start with. */
    static CertificateAuthority issueServers(ClusterSpec spec, ClusterFolder folder) throws IOException {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(folder.pki(), Clock.systemUTC());
        AddressPlan addresses = new AddressPlan(spec.index());
        for (Instance instance : Instance.of(spec)) {
            if (instance.role() == Role.APISERVER) {
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
                                // from the start, so that a balancer can come while the servers run
                                addresses.address(Role.BALANCER, 0),
                                instance.address()));
            } else if (instance.role() == Role.KUBELET) {
                authority.server(
                        instance.name() + "-serving",
                        "system:node:" + instance.node(),
                        List.of(instance.node(), instance.address()));
            }
        }
        if (spec.count(Role.BALANCER) > 0) {
            authority.component("balancer", "system:kvorum:balancer", List.of());
        }
        authority.component("front-proxy-client", "front-proxy-client", List.of());
        authority.component("apiserver-kubelet-client", "kube-apiserver-kubelet-client", List.of("system:masters"));
        authority.serviceAccountKeys();
        BusCredentials credentials = BusCredentials.openOrCreate(folder.pki());
        for (Instance instance : Instance.of(spec)) {
            credentials.issue(instance.role().id(), instance.name());
        }
        return authority;
    }

    /** The administrator's certificate and kubeconfig. */
    static void issueAdministrator(CertificateAuthority authority, ClusterSpec spec, ClusterFolder folder)
            throws IOException {
        authority.client("admin", "kubernetes-admin", List.of("system:masters"));
        String context = spec.name().equals("kvorum") ? "kvorum" : "kvorum-" + spec.name();
        AdminKubeconfig.write(folder.kubeconfig(), context, spec.server(), folder.pki());
    }
}
