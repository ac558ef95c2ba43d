package io.kvorum.bus;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Proofs by keys that all follow from one cluster key (HMAC-SHA256).
 *
 * <p>The core of a cluster, its stores and API servers, has the cluster key. Any other component has two keys of its own:
 * one to prove itself to the core, and one by which it knows the core. So none of them can pose as another, and they have
 * nothing to prove to each other. A proof names sender, receiver and time: seen by its receiver, it is of no use
 * elsewhere. It is made once for many requests, and checked once.
 *
 * <p>Thread-safe.
 */
public final class KeyedTrust implements BusTrust {
    /** The roles that hold the cluster key. */
    public static final Set<String> CORE = Set.of("store", "apiserver");

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 32;
    private static final long RENEW_MILLIS = 5 * 60_000;
    /** Clocks of machines may differ; a proof is bound to its receiver, so its age matters little. */
    private static final long MOST_AGE_MILLIS = 20 * 60_000;

    private final byte @Nullable [] clusterKey;
    private final byte[] sendKey;
    private final byte[] receiveKey;
    private final Clock clock;
    private final Map<String, Made> made = new ConcurrentHashMap<>();
    private final Map<String, Buffer> verified = new ConcurrentHashMap<>();

    private record Made(long millis, Buffer proof) {}

    private KeyedTrust(byte @Nullable [] clusterKey, byte[] sendKey, byte[] receiveKey, Clock clock) {
        this.clusterKey = clusterKey;
        this.sendKey = sendKey;
        this.receiveKey = receiveKey;
        this.clock = clock;
    }

    /**
     * Reads a credential file as the launcher writes it: {@code identity}, and {@code cluster-key} or {@code
     * send-key} and {@code receive-key}, hexadecimal.
     *
     * @param self {@code role/name} of this process
     * @param clock of the machine, without injected skew: it is not the cluster's time that is told here
     */
    public static KeyedTrust read(Path file, String self, Clock clock) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        try {
            String whose = properties.getProperty("identity", "");
            if (!whose.equals(self)) {
                throw new IOException(file + " is the credential of \"" + whose + "\", not of " + self);
            }
            String cluster = properties.getProperty("cluster-key");
            byte[] clusterKey = cluster == null ? null : HexFormat.of().parseHex(cluster);
            return new KeyedTrust(
                    clusterKey,
                    clusterKey != null ? sendKey(clusterKey, self) : key(properties, "send-key", file),
                    clusterKey != null ? receiveKey(clusterKey, self) : key(properties, "receive-key", file),
                    clock);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds a key that is not hexadecimal", e);
        }
    }

    private static byte[] key(Properties properties, String name, Path file) throws IOException {
        String value = properties.getProperty(name);
        if (value == null) {
            throw new IOException(file + " has no " + name);
        }
        return HexFormat.of().parseHex(value);
    }

    @Override
    public Buffer proof(String sender, String receiver) {
        long now = clock.millis();
        Made known = made.get(receiver);
        if (known != null && Math.abs(now - known.millis()) < RENEW_MILLIS) {
            return known.proof();
        }
        // The core proves itself to others by the key that only they and the core know.
        byte[] cluster = clusterKey;
        byte[] key = cluster != null && !CORE.contains(role(receiver)) ? receiveKey(cluster, receiver) : sendKey;
        Buffer proof = Buffer.buffer(8 + MAC_BYTES).appendLong(now).appendBytes(mac(key, sender, receiver, now));
        made.put(receiver, new Made(now, proof));
        return proof;
    }

    @Override
    public boolean verify(String sender, String receiver, Buffer proof) {
        if (proof.length() != 8 + MAC_BYTES) {
            return false;
        }
        long at = proof.getLong(0);
        if (Math.abs(clock.millis() - at) > MOST_AGE_MILLIS) {
            return false;
        }
        Buffer known = verified.get(sender);
        if (known != null && MessageDigest.isEqual(known.getBytes(), proof.getBytes())) {
            return true;
        }
        byte[] cluster = clusterKey;
        byte[] key;
        if (cluster != null) {
            int host = sender.lastIndexOf('@');
            key = sendKey(cluster, host < 0 ? sender : sender.substring(0, host));
        } else if (CORE.contains(role(sender))) {
            key = receiveKey;
        } else {
            return false;
        }
        boolean right = MessageDigest.isEqual(mac(key, sender, receiver, at), proof.getBytes(8, 8 + MAC_BYTES));
        if (right) {
            verified.put(sender, proof.copy());
        }
        return right;
    }

    private static String role(String instance) {
        int slash = instance.indexOf('/');
        return slash < 0 ? instance : instance.substring(0, slash);
    }

    private static byte[] sendKey(byte[] clusterKey, String self) {
        return mac(clusterKey, ("send " + self).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] receiveKey(byte[] clusterKey, String self) {
        return mac(clusterKey, ("receive " + self).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(byte[] key, String sender, String receiver, long millis) {
        byte[] a = sender.getBytes(StandardCharsets.UTF_8);
        byte[] b = receiver.getBytes(StandardCharsets.UTF_8);
        Buffer text = Buffer.buffer(a.length + b.length + 16)
                .appendInt(a.length)
                .appendBytes(a)
                .appendInt(b.length)
                .appendBytes(b)
                .appendLong(millis);
        return mac(key, text.getBytes());
    }

    private static byte[] mac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
