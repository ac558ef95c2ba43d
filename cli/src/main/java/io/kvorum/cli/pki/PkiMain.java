package io.kvorum.cli.pki;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Makes the certificates of a cluster whose processes are started by something else than the launcher, a compose file
 * for example. Exit codes: 0 done, 1 failed, 2 usage.
 */
@Command(
        name = "pki",
        description = "Make a cluster's certificate authority, certificates and administrator's kubeconfig.")
public final class PkiMain implements Callable<Integer> {
    @Option(
            names = "--dir",
            required = true,
            paramLabel = "DIR",
            description = "where the files go; what is there is kept")
    Path folder = Path.of(".");

    @Option(
            names = "--serving",
            paramLabel = "NAME=HOST,HOST...",
            description = "a serving certificate and the names and addresses it is for; may be repeated")
    List<String> serving = new ArrayList<>();

    @Option(
            names = "--bus-credential",
            paramLabel = "ROLE/NAME",
            description = "the credential of an instance on the bus, bus/NAME; may be repeated")
    List<String> credentials = new ArrayList<>();

    @Option(names = "--kubeconfig-server", paramLabel = "URL", description = "write admin.kubeconfig for this server")
    String server = "";

    public static void main(String[] args) {
        System.exit(new CommandLine(new PkiMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(folder, Clock.systemUTC());
        for (String certificate : serving) {
            int equals = certificate.indexOf('=');
            if (equals < 1) {
                System.err.println("--serving \"" + certificate + "\" must be NAME=HOST,HOST...");
                return 2;
            }
            authority.server(
                    certificate.substring(0, equals),
                    "kube-apiserver",
                    List.of(certificate.substring(equals + 1).split(",")));
        }
        authority.component("front-proxy-client", "front-proxy-client", List.of());
        authority.component("apiserver-kubelet-client", "kube-apiserver-kubelet-client", List.of("system:masters"));
        authority.component("balancer", "system:kvorum:balancer", List.of());
        authority.serviceAccountKeys();
        BusCredentials bus = BusCredentials.openOrCreate(folder);
        for (String instance : credentials) {
            int slash = instance.indexOf('/');
            if (slash < 1) {
                System.err.println("--bus-credential \"" + instance + "\" must be ROLE/NAME");
                return 2;
            }
            bus.issue(instance.substring(0, slash), instance.substring(slash + 1));
        }
        authority.client("admin", "kubernetes-admin", List.of("system:masters"));
        if (!server.isEmpty()) {
            AdminKubeconfig.write(folder.resolve("admin.kubeconfig"), "kvorum", server, folder);
        }
        return 0;
    }
}
