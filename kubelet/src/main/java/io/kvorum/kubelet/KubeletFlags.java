package io.kvorum.kubelet;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.kvorum.component.FeatureGates;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.kvorum.kubelet.node.NodeSpec;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The kubelet's own flags; names and defaults are upstream's where upstream has them. */
final class KubeletFlags {
    private static final Set<String> EFFECTS = Set.of("NoSchedule", "PreferNoSchedule", "NoExecute");

    final Supplier<String> nodeName;
    final Supplier<@Nullable String> nodeIp;
    final Supplier<String> podCidr;
    final Supplier<@Nullable Path> rootDir;
    final Supplier<Duration> statusFrequency;
    final Supplier<Integer> leaseSeconds;
    final Supplier<Integer> maxPods;
    final Supplier<@Nullable Path> imageCatalog;
    final Supplier<@Nullable String> imagesClassPath;
    final Supplier<@Nullable Path> lifelineFifo;
    final Supplier<Duration> syncFrequency;
    final Supplier<Duration> backoffBase;
    final Supplier<Duration> backoffCap;
    final Supplier<String> logMaxSize;
    final Supplier<Integer> logMaxFiles;
    final Supplier<Integer> port;
    final Supplier<@Nullable Path> tlsCertFile;
    final Supplier<@Nullable Path> tlsPrivateKeyFile;
    final Supplier<@Nullable Path> clientCaFile;
    final Supplier<Duration> streamIdleTimeout;
    private final Supplier<List<String>> labels;
    private final Supplier<List<String>> taints;
    private final Supplier<List<String>> reserved;

    final FeatureGates features;

    KubeletFlags(Flags flags) {
        features = new FeatureGates(flags, Set.of());
        nodeName = flags.text("hostname-override", "", "name of the node");
        nodeIp = flags.optionalText("node-ip", "the node's InternalIP (default: the component's address)");
        podCidr = flags.text("pod-cidr", "127.1.64.0/24", "range of the addresses of pods");
        rootDir = flags.optionalPath("root-dir", "folder of pods and volumes (default: the data folder)");
        statusFrequency = flags.duration(
                "node-status-update-frequency", Duration.ofSeconds(10), "how often the node's status is looked at");
        leaseSeconds = flags.integer(
                "node-lease-duration-seconds", 40, "duration of the node's Lease, renewed every quarter of it");
        maxPods = flags.integer("max-pods", 110, "most pods that run at once");
        imageCatalog = flags.optionalPath("image-catalog", "folder of the user's image descriptors");
        imagesClassPath = flags.optionalText("images-classpath", "class path of the built-in images' programs");
        labels = flags.list("node-labels", List.of(), "labels the node registers with, KEY=VALUE");
        taints = flags.list("register-with-taints", List.of(), "taints the node registers with, KEY=VALUE:EFFECT");
        lifelineFifo = flags.optionalPath("lifeline-fifo", "FIFO at whose end of file every container is killed");
        flags.text("cluster-domain", "cluster.local", "domain of the cluster");
        syncFrequency = flags.duration(
                "sync-frequency", Duration.ofSeconds(10), "how often ConfigMap and Secret volumes are refreshed");
        backoffBase = flags.duration(
                "container-restart-backoff", Duration.ofSeconds(10), "delay before a container's second restart");
        backoffCap =
                flags.duration("max-container-restart-period", Duration.ofMinutes(5), "longest delay between restarts");
        logMaxSize = flags.text("container-log-max-size", "10Mi", "size at which a container's log is rotated");
        logMaxFiles = flags.integer("container-log-max-files", 5, "log files kept of a container, at least 2");
        port = flags.integer("port", 10250, "port of exec, attach and port-forward, over TLS");
        tlsCertFile = flags.optionalPath("tls-cert-file", "PEM file of the serving certificate; without it no streams");
        tlsPrivateKeyFile = flags.optionalPath("tls-private-key-file", "PEM file of its private key (PKCS 8)");
        clientCaFile = flags.optionalPath(
                "client-ca-file", "PEM file of the authorities whose client certificates are trusted");
        streamIdleTimeout = flags.duration(
                "streaming-connection-idle-timeout",
                Duration.ofHours(4),
                "how long a stream on which nothing comes or goes stays open");
        reserved = flags.list("system-reserved", List.of(), "resources kept from pods, cpu=500m,memory=1Gi");
    }

    long logMaxBytes() {
        return amount("--container-log-max-size", logMaxSize.get()).longValue();
    }

    /** Checks everything; errors: {@link UsageException} naming the flag. */
    NodeSpec nodeSpec(String address, String version, int port) {
        if (nodeName.get().isEmpty()) {
            throw new UsageException("--hostname-override is missing: give the name of the node");
        }
        if (leaseSeconds.get() < 1) {
            throw new UsageException("--node-lease-duration-seconds must be at least 1, is " + leaseSeconds.get());
        }
        if (logMaxFiles.get() < 2) {
            throw new UsageException("--container-log-max-files must be at least 2, is " + logMaxFiles.get());
        }
        if (backoffCap.get().compareTo(backoffBase.get()) < 0) {
            throw new UsageException(
                    "--max-container-restart-period must not be less than --container-restart-backoff");
        }
        Map<String, String> reservedAmounts = pairs("--system-reserved", reserved.get());
        BigDecimal cpu = amount("--system-reserved", reservedAmounts.getOrDefault("cpu", "0"));
        BigDecimal memory = amount("--system-reserved", reservedAmounts.getOrDefault("memory", "0"));
        String ip = nodeIp.get();
        return new NodeSpec(
                nodeName.get(),
                ip == null ? address : ip,
                podCidr.get(),
                pairs("--node-labels", labels.get()),
                taintList(),
                maxPods.get(),
                cpu.movePointRight(3).longValue(),
                memory.longValue(),
                version,
                port);
    }

    /** The options of the port for streams, null when it is not to be served; errors: {@link UsageException}. */
    @Nullable
    HttpServerOptions streamServer() {
        Path certificate = tlsCertFile.get();
        Path key = tlsPrivateKeyFile.get();
        Path clients = clientCaFile.get();
        if (certificate == null && key == null && clients == null) {
            return null;
        }
        if (certificate == null || key == null || clients == null) {
            throw new UsageException(
                    "--tls-cert-file, --tls-private-key-file and --client-ca-file belong together: give all or none");
        }
        for (Path file : List.of(certificate, key, clients)) {
            if (!Files.isReadable(file)) {
                throw new UsageException("cannot read " + file);
            }
        }
        if (streamIdleTimeout.get().isZero() || streamIdleTimeout.get().isNegative()) {
            throw new UsageException(
                    "--streaming-connection-idle-timeout must be more than 0, is " + streamIdleTimeout.get());
        }
        return new HttpServerOptions()
                .setSsl(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                .setClientAuth(ClientAuth.REQUEST)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(certificate.toString())
                        .setKeyPath(key.toString()))
                .setTrustOptions(new PemTrustOptions().addCertPath(clients.toString()));
    }

    private static BigDecimal amount(String flag, String text) {
        try {
            return Quantity.getAmountInBytes(new Quantity(text));
        } catch (IllegalArgumentException e) {
            throw new UsageException(flag + ": " + text + " is no quantity such as 500m or 1Gi");
        }
    }

    private static Map<String, String> pairs(String flag, List<String> items) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String item : items) {
            int equals = item.indexOf('=');
            if (equals <= 0) {
                throw new UsageException(flag + ": " + item + " is not KEY=VALUE");
            }
            all.put(item.substring(0, equals), item.substring(equals + 1));
        }
        return all;
    }

    private List<Taint> taintList() {
        List<Taint> all = new ArrayList<>();
        for (String item : taints.get()) {
            int colon = item.lastIndexOf(':');
            if (colon <= 0 || !EFFECTS.contains(item.substring(colon + 1))) {
                throw new UsageException("--register-with-taints: " + item + " is not KEY=VALUE:EFFECT");
            }
            String pair = item.substring(0, colon);
            int equals = pair.indexOf('=');
            all.add(new TaintBuilder()
                    .withKey(equals < 0 ? pair : pair.substring(0, equals))
                    .withValue(equals < 0 ? null : pair.substring(equals + 1))
                    .withEffect(item.substring(colon + 1))
                    .build());
        }
        return all;
    }
}
