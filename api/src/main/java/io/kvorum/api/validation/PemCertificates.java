package io.kvorum.api.validation;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Whether a text holds certificates in PEM (RFC 7468). */
public final class PemCertificates {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String MALFORMED = "x509: malformed certificate";
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

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
        Blocks blocks = new Blocks(pem);
        boolean malformed = false;
        int end = 0;
        for (Block block = blocks.next(); block != null; block = blocks.next()) {
            end = blocks.at;
            if (!block.headers && block.type.equals(CERTIFICATE)) {
                if (isCertificate(block.der)) {
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
        Blocks blocks = new Blocks(text(pem));
        int found = 0;
        for (Block block = blocks.next(); block != null; block = blocks.next()) {
            if (!block.type.equals(CERTIFICATE)) {
                return "only CERTIFICATE PEM blocks are allowed, found \"" + block.type + "\"";
            }
            if (block.headers) {
                return "no PEM block headers are permitted";
            }
            if (block.der.length == 0) {
                return "found CERTIFICATE PEM block containing 0 certificates";
            }
            if (!isCertificate(block.der)) {
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

    /** @param headers whether there are some; as RFC 1421 has them, they end with an empty line */
    private record Block(String type, boolean headers, byte[] der) {}

    /**
     * The blocks of a text in their order. Each end is looked for once, and then for the last beginning before it, as Go
     * does: whatever is sent costs no more than in proportion to its length.
     */
    private static final class Blocks {
        private final String text;
        private int at;

        Blocks(String text) {
            this.text = text;
        }

        @Nullable
        Block next() {
            for (int end = text.indexOf(END, at); end >= 0; end = text.indexOf(END, at)) {
                String before = text.substring(at, end);
                at = end + END.length();
                Block block = block(before);
                if (block != null) {
                    return block;
                }
            }
            return null;
        }

        /** What ends here; null where that is no block. */
        private @Nullable Block block(String before) {
            int begin = before.lastIndexOf(BEGIN);
            int line = begin < 0 ? -1 : before.indexOf('\n', begin);
            if (line < 0) {
                return null;
            }
            String head = withoutReturn(before.substring(begin + BEGIN.length(), line));
            String type = head.endsWith(DASHES) ? head.substring(0, head.length() - DASHES.length()) : "";
            if (type.isEmpty() || type.contains("-") || !text.startsWith(type + DASHES, at)) {
                return null;
            }
            at += type.length() + DASHES.length();
            int body = line + 1;
            boolean headers = false;
            for (int next = before.indexOf('\n', body); next >= 0; next = before.indexOf('\n', body)) {
                String first = withoutReturn(before.substring(body, next));
                boolean header = first.indexOf(':') > 0;
                if (!header && !(headers && first.isEmpty())) {
                    break;
                }
                headers = true;
                body = next + 1;
                if (!header) {
                    break;
                }
            }
            try {
                byte[] der = Base64.getDecoder().decode(before.substring(body).replaceAll("\\s", ""));
                return new Block(type, headers, der);
            } catch (IllegalArgumentException noBase64) {
                return null;
            }
        }

        private static String withoutReturn(String line) {
            return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
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
