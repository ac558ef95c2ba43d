package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/**
 * The hosts file of a pod, upstream's layout. Processes that share the host's file system do not look their names up in
 * it; it lies at {@code etc/hosts} below a container's working folder for those that do it themselves.
 */
final class HostsFile {
    private static final String STANDARD = """
            # Kubernetes-managed hosts file.
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::0\tip6-localnet
            fe00::0\tip6-mcastprefix
            fe00::1\tip6-allnodes
            fe00::2\tip6-allrouters
            """;

    private HostsFile() {}

    static String of(Pod pod, String ip, String hostname) {
        StringBuilder text = new StringBuilder(STANDARD)
                .append(ip)
                .append('\t')
                .append(hostname)
                .append('\n');
        List<HostAlias> aliases = ContainerEnvironment.nonNull(pod.getSpec().getHostAliases());
        if (!aliases.isEmpty()) {
            text.append("\n# Entries added by HostAliases.\n");
            for (HostAlias alias : aliases) {
                text.append(alias.getIp())
                        .append('\t')
                        .append(String.join("\t", ContainerEnvironment.nonNull(alias.getHostnames())))
                        .append('\n');
            }
        }
        return text.toString();
    }
}
