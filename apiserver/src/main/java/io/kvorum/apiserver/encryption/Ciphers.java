package io.kvorum.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** The ciphers of upstream's providers, with one key each. */
final class Ciphers {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<Integer> AES_BYTES = Set.of(16, 24, 32);

    private Ciphers() {}

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    private static SecretKeySpec aes(byte[] secret) {
        if (!AES_BYTES.contains(secret.length)) {
            throw new IllegalArgumentException(
                    "secret is not of the expected length, got " + secret.length + ", expected one of [16 24 32]");
        }
        return new SecretKeySpec(secret, "AES");
    }

    private static byte[] joined(byte[] head, byte[] tail) {
        byte[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    /** AES-GCM with a random nonce; bound to the key a value is stored under. */
    static Prefixed.Cipher aesGcm(byte[] secret) {
        SecretKeySpec key = aes(secret);
        int nonce = 12;
        int tagBits = 128;
        return new Prefixed.Cipher() {
            @Override
            public byte[] seal(byte[] plain, byte[] context) throws GeneralSecurityException {
                byte[] iv = random(nonce);
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(tagBits, iv));
                cipher.updateAAD(context);
                return joined(iv, cipher.doFinal(plain));
            }

            @Override
            public byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException {
                if (sealed.length < nonce) {
                    throw new AEADBadTagException("too short");
                }
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(tagBits, sealed, 0, nonce));
                cipher.updateAAD(context);
                return cipher.doFinal(sealed, nonce, sealed.length - nonce);
            }
        };
    }

    /** AES-CBC with a random vector and PKCS#7 padding. Not authenticated: for data that upstream wrote so. */
    static Prefixed.Cipher aesCbc(byte[] secret) {
        SecretKeySpec key = aes(secret);
        int vector = 16;
        return new Prefixed.Cipher() {
            @Override
            public byte[] seal(byte[] plain, byte[] context) throws GeneralSecurityException {
                byte[] iv = random(vector);
                Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
                cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
                return joined(iv, cipher.doFinal(plain));
            }

            @Override
            public byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException {
                if (sealed.length < vector) {
                    throw new GeneralSecurityException("the stored data was shorter than the required size");
                }
                Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
                cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(sealed, 0, vector));
                return cipher.doFinal(sealed, vector, sealed.length - vector);
            }
        };
    }

    /** NaCl's secretbox: XSalsa20 and Poly1305. */
    static Prefixed.Cipher secretBox(byte[] secret) {
        int nonce = 24;
        int tag = 16;
        if (secret.length != 32) {
            throw new IllegalArgumentException(
                    "secret is not of the expected length, got " + secret.length + ", expected 32");
        }
        return new Prefixed.Cipher() {
            @Override
            public byte[] seal(byte[] plain, byte[] context) {
                byte[] iv = random(nonce);
                byte[] box = new byte[tag + plain.length];
                XSalsa20Engine engine = engine(iv);
                byte[] macKey = macKey(engine);
                engine.processBytes(plain, 0, plain.length, box, tag);
                System.arraycopy(tag(macKey, box), 0, box, 0, tag);
                return joined(iv, box);
            }

            @Override
            public byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException {
                if (sealed.length < nonce + tag) {
                    throw new AEADBadTagException("too short");
                }
                byte[] box = Arrays.copyOfRange(sealed, nonce, sealed.length);
                XSalsa20Engine engine = engine(Arrays.copyOf(sealed, nonce));
                byte[] macKey = macKey(engine);
                if (!MessageDigest.isEqual(tag(macKey, box), Arrays.copyOf(box, tag))) {
                    throw new AEADBadTagException("wrong tag");
                }
                byte[] plain = new byte[box.length - tag];
                engine.processBytes(box, tag, plain.length, plain, 0);
                return plain;
            }

            private XSalsa20Engine engine(byte[] iv) {
                XSalsa20Engine engine = new XSalsa20Engine();
                engine.init(true, new ParametersWithIV(new KeyParameter(secret), iv));
                return engine;
            }

            /** The first 32 bytes of the key stream. */
            private byte[] macKey(XSalsa20Engine engine) {
                byte[] key = new byte[32];
                engine.processBytes(new byte[32], 0, 32, key, 0);
                return key;
            }

            private byte[] tag(byte[] macKey, byte[] box) {
                Poly1305 mac = new Poly1305();
                mac.init(new KeyParameter(macKey));
                mac.update(box, tag, box.length - tag);
                byte[] value = new byte[tag];
                mac.doFinal(value, 0);
                return value;
            }
        };
    }
}
