package io.kvorum.api.validation;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Requests for certificates: one PEM block that holds a PKCS#10 structure (RFC 2986), signed by the key it is about.
 * Reads as much of DER as it takes to check that signature.
 */
public final class Pkcs10 {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([^\n-]+)-----\r?\n(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final int SEQUENCE = 0x30;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int SET = 0x31;
    private static final int BMP_STRING = 0x1e;
    private static final String ORGANIZATION = "55040a";

    /** Names of signature algorithms by their object identifiers, in hexadecimal as in DER. */
    private static final Map<String, String> SIGNATURES = new HashMap<>();

    /** Names of key algorithms, likewise. */
    private static final Map<String, String> KEYS = Map.of(
            "2a864886f70d010101", "RSA",
            "2a8648ce3d0201", "EC",
            "2b6570", "Ed25519");

    private static final String RSASSA_PSS = "2a864886f70d01010a";

    static {
        SIGNATURES.put("2a864886f70d010105", "SHA1withRSA");
        SIGNATURES.put("2a864886f70d01010b", "SHA256withRSA");
        SIGNATURES.put("2a864886f70d01010c", "SHA384withRSA");
        SIGNATURES.put("2a864886f70d01010d", "SHA512withRSA");
        SIGNATURES.put(RSASSA_PSS, "RSASSA-PSS");
        SIGNATURES.put("2a8648ce3d0401", "SHA1withECDSA");
        SIGNATURES.put("2a8648ce3d040302", "SHA256withECDSA");
        SIGNATURES.put("2a8648ce3d040303", "SHA384withECDSA");
        SIGNATURES.put("2a8648ce3d040304", "SHA512withECDSA");
        SIGNATURES.put("2b6570", "Ed25519");
    }

    private Pkcs10() {}

    /** What is wrong with a request, null when its signature is good. */
    static @Nullable String problem(byte[] pem) {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        if (!block.find() || !block.group(1).equals("CERTIFICATE REQUEST")) {
            return "PEM block type must be CERTIFICATE REQUEST";
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(block.group(2));
            return signed(der) ? null : "x509: signature verification failed";
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            return "asn1: structure error: malformed certificate request";
        } catch (GeneralSecurityException unusable) {
            return "x509: cannot verify signature: " + unusable.getMessage();
        }
    }

    /** The organizations in the subject of a request: groups, in a certificate of a client. Empty for what is no request. */
    public static List<String> organizations(byte[] pem) {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            return List.of();
        }
        try {
            return organizationsOf(Base64.getMimeDecoder().decode(block.group(2)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            return List.of();
        }
    }

    private static List<String> organizationsOf(byte[] der) {
        Element info = Element.at(der, Element.at(der, 0, SEQUENCE).content, SEQUENCE);
        Element subject = Element.at(der, Element.at(der, info.content, 0x02).end, SEQUENCE);
        List<String> found = new ArrayList<>();
        for (int set = subject.content; set < subject.end; ) {
            Element names = Element.at(der, set, SET);
            for (int at = names.content; at < names.end; ) {
                Element name = Element.at(der, at, SEQUENCE);
                Element type = Element.at(der, name.content, OBJECT_IDENTIFIER);
                if (type.hex(der).equals(ORGANIZATION)) {
                    Element value = Element.at(der, type.end, der[type.end] & 0xff);
                    boolean wide = (der[type.end] & 0xff) == BMP_STRING;
                    found.add(new String(
                            der,
                            value.content,
                            value.end - value.content,
                            wide ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8));
                }
                at = name.end;
            }
            set = names.end;
        }
        return found;
    }

    private static boolean signed(byte[] der) throws GeneralSecurityException {
        Element outer = Element.at(der, 0, SEQUENCE);
        Element info = Element.at(der, outer.content, SEQUENCE);
        Element algorithm = Element.at(der, info.end, SEQUENCE);
        Element value = Element.at(der, algorithm.end, BIT_STRING);
        if (outer.end != der.length || value.end != outer.end) {
            throw new IllegalArgumentException("trailing data");
        }
        String oid = Element.at(der, algorithm.content, OBJECT_IDENTIFIER).hex(der);
        String name = SIGNATURES.get(oid);
        if (name == null) {
            throw new GeneralSecurityException("algorithm unimplemented");
        }
        Signature signature = Signature.getInstance(name);
        if (oid.equals(RSASSA_PSS)) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        }
        signature.initVerify(key(der, info));
        signature.update(der, info.start, info.end - info.start);
        // The first byte of a bit string counts the bits that are left over: none.
        return signature.verify(der, value.content + 1, value.end - value.content - 1);
    }

    /** The third element of the request's information, after its version and subject. */
    private static PublicKey key(byte[] der, Element info) throws GeneralSecurityException {
        Element version = Element.at(der, info.content, 0x02);
        Element subject = Element.at(der, version.end, SEQUENCE);
        Element key = Element.at(der, subject.end, SEQUENCE);
        Element algorithm = Element.at(der, key.content, SEQUENCE);
        String name =
                KEYS.get(Element.at(der, algorithm.content, OBJECT_IDENTIFIER).hex(der));
        if (name == null) {
            throw new GeneralSecurityException("unknown public key algorithm");
        }
        return KeyFactory.getInstance(name)
                .generatePublic(new X509EncodedKeySpec(Arrays.copyOfRange(der, key.start, key.end)));
    }

    /**
     * One element of DER.
     *
     * @param start where its tag is
     * @param content where its value begins
     * @param end behind its value
     */
    private record Element(int start, int content, int end) {
        static Element at(byte[] der, int start, int tag) {
            if ((der[start] & 0xff) != tag) {
                throw new IllegalArgumentException("tag " + der[start] + " instead of " + tag);
            }
            int length = der[start + 1] & 0xff;
            int content = start + 2;
            if (length >= 0x80) {
                int bytes = length & 0x7f;
                if (bytes == 0 || bytes > 3) {
                    throw new IllegalArgumentException("length of " + bytes + " bytes");
                }
                length = 0;
                for (int i = 0; i < bytes; i++) {
                    length = length << 8 | der[content++] & 0xff;
                }
            }
            if (content + length > der.length) {
                throw new IllegalArgumentException("longer than what there is");
            }
            return new Element(start, content, content + length);
        }

        String hex(byte[] der) {
            StringBuilder text = new StringBuilder();
            for (int i = content; i < end; i++) {
                text.append(String.format("%02x", der[i]));
            }
            return text.toString();
        }
    }
}
