package io.kvorum.api.validation;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a text holds certificates in PEM (RFC 7468). */
public final class PemCertificates {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String MALFORMED = "x509: malformed certificate";
    /** Headers, as RFC 1421 has them, end with an empty line. */
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ([^\n-]+)-----\r?\n" + "((?:[^\n:]+:[^\n]*\n)+\r?\n)?([^:]*?)-----END \\1-----");

    private PemCertificates() {}

    /**
     * What is wrong with authorities that somebody is to trust: blocks of other types and those with headers do not
     * count, and one certificate must be left.
     *
     * @param base64 of the PEM text; what is no base64 is empty
     * @return the finding, or null
     */
    public static @Nullable String problemOfBundle(String base64) {
        String pem = text(decoded(base64));
        Matcher blocks = BLOCK.matcher(pem);
        boolean malformed = false;
        int end = 0;
        while (blocks.find()) {
            byte[] der = body(blocks);
            if (der == null) {
                continue;
            }
            end = blocks.end();
            if (blocks.group(2) == null && blocks.group(1).equals(CERTIFICATE)) {
                if (isCertificate(der)) {
                    return null;
                }
                malformed = true;
            }
        }
        String why = malformed
                ? "failed to parse certificate: " + MALFORMED
                : pem.substring(end).isBlank() && end > 0
                        ? "no valid certificate authority data seen"
                        : "unable to parse bytes as PEM block";
        return "unable to load root certificates: " + why;
    }

    /** Blocks of certificates and nothing else but text between them; null when it is that, or empty. */
    static @Nullable String problemOfIssued(byte[] pem) {
        if (pem.length == 0) {
            return null;
        }
        Matcher blocks = BLOCK.matcher(text(pem));
        int found = 0;
        while (blocks.find()) {
            byte[] der = body(blocks);
            if (der == null) {
                continue;
            }
            if (!blocks.group(1).equals(CERTIFICATE)) {
                return "only CERTIFICATE PEM blocks are allowed, found \"" + blocks.group(1) + "\"";
            }
            if (blocks.group(2) != null) {
                return "no PEM block headers are permitted";
            }
            if (der.length == 0) {
                return "found CERTIFICATE PEM block containing 0 certificates";
            }
            if (!isCertificate(der)) {
                return MALFORMED;
            }
            found++;
        }
        return found == 0 ? "must contain at least one CERTIFICATE PEM block" : null;
    }

    /** Bytes as Go shows them in a finding. */
    static RawText shown(String base64) {
        StringBuilder form = new StringBuilder("[]byte{");
        for (byte each : decoded(base64)) {
            form.append(form.length() > "[]byte{".length() ? ", " : "")
                    .append("0x")
                    .append(Integer.toHexString(each & 0xff));
        }
        return new RawText(form.append('}').toString());
    }

    /** A value whose text stands in a finding without quotes. */
    record RawText(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static String text(byte[] pem) {
        return new String(pem, StandardCharsets.ISO_8859_1);
    }

    /** Null where the block's text is no base64, which makes it no block. */
    private static byte @Nullable [] body(Matcher block) {
        try {
            return Base64.getDecoder().decode(block.group(3).replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isCertificate(byte[] der) {
        try {
            return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)) != null;
        } catch (CertificateException e) {
            return false;
        }
    }
}
