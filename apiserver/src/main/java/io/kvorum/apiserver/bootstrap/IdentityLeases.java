package io.kvorum.apiserver.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchCache;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The Leases by which API servers make themselves known (KEP-1965): in {@code kube-system}, named by a hash of the host's
 * name, with the label {@code apiserver.kubernetes.io/identity}, for an hour. A server's address is an annotation of ours.
 */
public final class IdentityLeases {
    private static final String NAMESPACE = "kube-system";
    private static final String LABEL = "apiserver.kubernetes.io/identity";
    private static final String KUBE_APISERVER = "kube-apiserver";
    private static final String HOST = "kubernetes.io/hostname";
    private static final String ADDRESS = "apiserver.kvorum.io/address";
    private static final int DURATION_SECONDS = 3600;
    private static final int HASH_BYTES = 16;
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final WatchCache cache;
    private final String host;
    private final String address;
    private final String name;
    private final String holder;

    /**
     * @param host the name of this server, which it keeps over restarts
     * @param address where the kubernetes Service leads to
     */
    IdentityLeases(Clock clock, WatchCache cache, String host, String address) {
        this.clock = clock;
        this.cache = cache;
        this.host = host;
        this.address = address;
        this.name = nameOf(host);
        this.holder = name + "_" + UUID.randomUUID();
    }

    /** {@code apiserver-} and the first half of the name's SHA-256 in base 32, without padding. */
    public static String nameOf(String host) {
        byte[] hash;
        try {
            hash = MessageDigest.getInstance("SHA-256").digest(host.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        StringBuilder text = new StringBuilder("apiserver-");
        for (int bit = 0; bit < HASH_BYTES * Byte.SIZE; bit += 5) {
            int value = 0;
            for (int i = bit; i < bit + 5; i++) {
                boolean set =
                        i < HASH_BYTES * Byte.SIZE && (hash[i / Byte.SIZE] >> (Byte.SIZE - 1 - i % Byte.SIZE) & 1) == 1;
                value = value << 1 | (set ? 1 : 0);
            }
            text.append(BASE32.charAt(value));
        }
        return text.toString();
    }

    /** Name of this server's Lease. */
    String name() {
        return name;
    }

    /** Whether this server's Lease is there. */
    boolean known() {
        return own() != null;
    }

    private @Nullable ObjectVersion own() {
        return leases().get(NAMESPACE + "/" + name);
    }

    private ResourceCache leases() {
        return cache.of("coordination.k8s.io/leases");
    }

    /** This server's Lease, renewed. Nobody else writes it, so what the cache knows is good enough to start from. */
    ObjectNode renewed() {
        ObjectVersion known = own();
        ObjectNode lease = known == null ? BirthObjects.object("coordination.k8s.io/v1", "Lease", name) : known.tree();
        ObjectNode meta = Tree.ensureObject(lease, "metadata");
        meta.put("namespace", NAMESPACE);
        Tree.ensureObject(meta, "labels").put(LABEL, KUBE_APISERVER).put(HOST, host);
        Tree.ensureObject(meta, "annotations").put(ADDRESS, address);
        ObjectNode spec = Tree.ensureObject(lease, "spec");
        spec.put("holderIdentity", holder);
        spec.put("leaseDurationSeconds", DURATION_SECONDS);
        spec.put("renewTime", MICROS.format(clock.instant()));
        return lease;
    }

    /** Addresses of the servers that renewed their Lease no longer ago than this. */
    SortedSet<String> live(Duration endpointLease) {
        SortedSet<String> addresses = new TreeSet<>();
        Instant now = clock.instant();
        for (ObjectVersion version : all()) {
            JsonNode lease = version.selectable();
            String text = Tree.text(lease, "metadata", "annotations", ADDRESS);
            if (!text.isEmpty() && renewTime(lease).plus(endpointLease).isAfter(now)) {
                addresses.add(text);
            }
        }
        return addresses;
    }

    /** Names of the Leases that have run out. */
    List<String> expired() {
        List<String> names = new ArrayList<>();
        Instant now = clock.instant();
        for (ObjectVersion version : all()) {
            JsonNode lease = version.selectable();
            long seconds = Tree.number(lease, "spec", "leaseDurationSeconds");
            if (renewTime(lease).plusSeconds(seconds).isBefore(now)) {
                names.add(version.name());
            }
        }
        return names;
    }

    private List<ObjectVersion> all() {
        return leases().list(NAMESPACE).stream()
                .filter(version -> KUBE_APISERVER.equals(version.labels().get(LABEL)))
                .toList();
    }

    private static Instant renewTime(JsonNode lease) {
        try {
            return Instant.parse(Tree.text(lease, "spec", "renewTime"));
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }
}
