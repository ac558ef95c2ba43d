package io.kvorum.cli.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The files by which components prove on the bus who they are: {@code bus.key}, the cluster's key, and {@code
 * bus/NAME}, the credential of each instance. Stores and API servers are given the cluster's key itself, others two keys
 * that follow from it; {@code KeyedTrust} in the module bus says how they are used.
 */
public final class BusCredentials {
    private static final Set<String> CORE = Set.of("store", "apiserver");
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final Path folder;
    private final byte[] clusterKey;

    private BusCredentials(Path folder, byte[] clusterKey) {
        this.folder = folder;
        this.clusterKey = clusterKey;
    }

    /** Opens the cluster's key in the pki folder {@code folder}, or makes a new one. */
    public static BusCredentials openOrCreate(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("bus"));
        Path file = folder.resolve("bus.key");
        if (!Files.exists(file)) {
            byte[] key = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(key);
            PrivateFiles.write(file, HexFormat.of().formatHex(key) + "\n");
        }
        try {
            return new BusCredentials(
                    folder, HexFormat.of().parseHex(Files.readString(file).strip()));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    file + " is not a key: 64 hexadecimal digits are wanted; remove it to get a new one", e);
        }
    }

    /** Writes the credential of an instance unless it is there and right. */
    public void issue(String role, String name) throws IOException {
        Path file = file(folder, name);
        String credential = credential(role, name);
        if (!Files.exists(file) || !Files.readString(file).equals(credential)) {
            PrivateFiles.write(file, credential);
        }
    }

    /** Where the credential of an instance is in the pki folder. */
    public static Path file(Path folder, String name) {
        return folder.resolve("bus").resolve(name);
    }

    private String credential(String role, String name) {
        String self = role + "/" + name;
        String keys = CORE.contains(role)
                ? "cluster-key=" + HexFormat.of().formatHex(clusterKey) + "\n"
                : "send-key=" + derived("send " + self) + "\nreceive-key=" + derived("receive " + self) + "\n";
        return "identity=" + self + "\n" + keys;
    }

    private String derived(String purpose) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(clusterKey, ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
