package io.kvorum.store.server;

import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.kvorum.store.raft.PeerTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The store's own flags. */
final class StoreFlags {
    private static final long DEFAULT_QUOTA_BYTES = 2L << 30;

    final Supplier<String> initialMembers;
    final Supplier<Integer> peerPort;
    final Supplier<@Nullable Path> peerCertFile;
    final Supplier<@Nullable Path> peerKeyFile;
    final Supplier<@Nullable Path> peerTrustedCaFile;
    final Supplier<Duration> electionTimeout;
    final Supplier<Duration> heartbeatInterval;
    final Supplier<Integer> maxMissedHeartbeats;
    final Supplier<Integer> historyRevisions;
    final Supplier<String> listenClient;
    final Supplier<@Nullable Path> certFile;
    final Supplier<@Nullable Path> keyFile;
    final Supplier<@Nullable Path> trustedCaFile;
    final Supplier<Boolean> clientCertAuth;
    private final Supplier<String> quotaBytes;
    final Supplier<Duration> corruptCheckTime;

    StoreFlags(Flags flags) {
        initialMembers = flags.text(
                "initial-members",
                "3",
                "Number of store processes, named like this one with numbers from 0 on, or their names separated by"
                        + " commas. 1: this process holds three members by itself.");
        peerPort = flags.integer("peer-port", 2380, "Port of every store process for the other ones.");
        peerCertFile = flags.optionalPath(
                "peer-cert-file", "Certificate that other store processes are shown, for the own address; PEM.");
        peerKeyFile = flags.optionalPath("peer-key-file", "Private key of --peer-cert-file; PEM, PKCS #8.");
        peerTrustedCaFile = flags.optionalPath(
                "peer-trusted-ca-file",
                "Who signs the certificates of store processes; PEM. All must show one, as servers and as clients.");
        electionTimeout = flags.duration(
                "raft-election-timeout",
                Duration.ofMillis(500),
                "Least time between two looks for a lost leader; up to 1s is added at random.");
        heartbeatInterval = flags.duration(
                "raft-heartbeat-interval", Duration.ofMillis(250), "How often the leader is heard of at least.");
        maxMissedHeartbeats = flags.integer(
                "raft-max-missed-heartbeats", 4, "A leader that missed more heartbeats than these is lost.");
        corruptCheckTime = flags.duration(
                "corrupt-check-time",
                Duration.ofMinutes(10),
                "How often the members compare their content; 0: never. One that differs stops for good.");
        historyRevisions =
                flags.integer("watch-history", 10_000, "Number of newest revisions kept in memory for watches.");
        listenClient = flags.text(
                "listen-client",
                "",
                "Where clients of etcd's API v3 are served: a port of this process's own address, or host:port. Empty:"
                        + " nowhere.");
        certFile = flags.optionalPath("cert-file", "Certificate that clients of --listen-client are shown; PEM.");
        keyFile = flags.optionalPath("key-file", "Private key of --cert-file; PEM, PKCS #8.");
        trustedCaFile = flags.optionalPath(
                "trusted-ca-file",
                "Who signs the certificates of clients of --listen-client; PEM. They must show one.");
        clientCertAuth = flags.bool(
                "client-cert-auth", false, "Clients of --listen-client must show a certificate of --trusted-ca-file.");
        quotaBytes = flags.text(
                "quota-backend-bytes",
                Long.toString(DEFAULT_QUOTA_BYTES),
                "When keys, values and their older versions take more bytes, an alarm stops all writes but deletions. 0"
                        + " stands for the default.");
    }

    /** What makes the connections between members safe; null when they are not to be. */
    @Nullable
    PeerTls peerTls() {
        Path certificate = readable("peer-cert-file", peerCertFile.get());
        Path key = readable("peer-key-file", peerKeyFile.get());
        Path trusted = readable("peer-trusted-ca-file", peerTrustedCaFile.get());
        if (certificate == null && key == null && trusted == null) {
            return null;
        }
        if (certificate == null || key == null || trusted == null) {
            throw new UsageException(
                    "--peer-cert-file, --peer-key-file and --peer-trusted-ca-file: give all of them, or none");
        }
        return new PeerTls(certificate, key, trusted);
    }

    private static @Nullable Path readable(String flag, @Nullable Path file) {
        if (file != null && !Files.isReadable(file)) {
            throw new UsageException("--" + flag + ": " + file + " cannot be read");
        }
        return file;
    }

    /** Bytes of the key space at which the store counts as full. */
    long quota() {
        String given = quotaBytes.get();
        if (!given.matches("\\d{1,18}")) {
            throw new UsageException("--quota-backend-bytes: \"" + given + "\" is not a number of bytes");
        }
        long bytes = Long.parseLong(given);
        return bytes == 0 ? DEFAULT_QUOTA_BYTES : bytes;
    }
}
