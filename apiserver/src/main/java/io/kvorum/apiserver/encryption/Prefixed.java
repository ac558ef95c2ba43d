package io.kvorum.apiserver.encryption;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cipher with named keys: {@code k8s:enc:CIPHER:v1:KEY:} and then what the cipher made. The first key seals; rotation is
 * to put a new one before it and to write everything again.
 */
final class Prefixed implements Provider {
    /** What a cipher does with one key. */
    interface Cipher {
        byte[] seal(byte[] plain, byte[] context) throws GeneralSecurityException;

        byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException;
    }

    private final byte[] prefix;
    private final Map<String, Cipher> keys = new LinkedHashMap<>();
    private final String first;

    /** One key of a configuration. */
    record Key(String name, Cipher cipher) {}

    /** @param cipher as in the prefix, for example {@code aesgcm} */
    Prefixed(String cipher, List<Key> keys) {
        this.prefix = ("k8s:enc:" + cipher + ":v1:").getBytes(StandardCharsets.US_ASCII);
        keys.forEach(key -> this.keys.put(key.name(), key.cipher()));
        this.first = keys.get(0).name();
    }

    static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public byte[] seal(byte[] plain, byte[] context) throws GeneralSecurityException {
        Cipher cipher = keys.get(first);
        if (cipher == null) {
            throw new IllegalStateException("no key " + first);
        }
        byte[] name = (first + ":").getBytes(StandardCharsets.UTF_8);
        byte[] sealed = cipher.seal(plain, context);
        byte[] all = Arrays.copyOf(prefix, prefix.length + name.length + sealed.length);
        System.arraycopy(name, 0, all, prefix.length, name.length);
        System.arraycopy(sealed, 0, all, prefix.length + name.length, sealed.length);
        return all;
    }

    @Override
    public byte @Nullable [] open(byte[] stored, byte[] context) throws GeneralSecurityException {
        if (!startsWith(stored, prefix)) {
            return null;
        }
        int colon = prefix.length;
        while (colon < stored.length && stored[colon] != ':') {
            colon++;
        }
        String name = new String(stored, prefix.length, colon - prefix.length, StandardCharsets.UTF_8);
        Cipher cipher = keys.get(name);
        if (cipher == null || colon == stored.length) {
            throw new GeneralSecurityException("no matching key was found for the provided encryption provider");
        }
        return cipher.open(Arrays.copyOfRange(stored, colon + 1, stored.length), context);
    }
}
