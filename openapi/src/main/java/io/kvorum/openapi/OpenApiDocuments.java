package io.kvorum.openapi;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The OpenAPI documents of the built-in API, as they go over the wire. Each is read from the class path when first asked
 * for and then kept in its compressed form. Safe for use by several threads.
 */
public final class OpenApiDocuments {
    /** Where the documents lie on the class path. */
    public static final String FOLDER = "io/kvorum/openapi/documents/";

    public static final String HASHES = "hashes";
    public static final String V2_JSON = "v2.json";
    public static final String V2_PROTOBUF = "v2.pb";
    public static final String V3_INDEX = "v3.json";

    private static final OpenApiDocuments SHARED = new OpenApiDocuments();

    private final Map<String, Document> documents = new ConcurrentHashMap<>();

    private OpenApiDocuments() {}

    /** One document: its content compressed, and the SHA-512 of the uncompressed content in upper-case hexadecimal. */
    public static final class Document {
        private final byte[] gzip;
        private final String hash;

        private Document(byte[] gzip, String hash) {
            this.gzip = gzip;
            this.hash = hash;
        }

        /** A document made at run time. */
        public static Document of(byte[] content) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream(content.length / 4);
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write(content);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // memory does no I/O
            }
            try {
                byte[] hash = MessageDigest.getInstance("SHA-512").digest(content);
                return new Document(
                        packed.toByteArray(), HexFormat.of().withUpperCase().formatHex(hash));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        /** For a client that accepts gzip. Not to be written to. */
        public byte[] gzip() {
            return gzip;
        }

        /** The content itself, uncompressed for this call. */
        public byte[] bytes() {
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip), 1 << 14)) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public String hash() {
            return hash;
        }
    }

    /** The process's documents; nothing is read yet. */
    public static OpenApiDocuments load() {
        return SHARED;
    }

    /** {@code /openapi/v2} as {@code application/json}. */
    public Document v2Json() {
        return required(V2_JSON);
    }

    /** {@code /openapi/v2} as {@code application/com.github.proto-openapi.spec.v2@v1.0+protobuf}. */
    public Document v2Protobuf() {
        return required(V2_PROTOBUF);
    }

    /** {@code /openapi/v3}: where the documents of the group versions are, with their hashes. */
    public Document v3Index() {
        return required(V3_INDEX);
    }

    /** @param path below {@code /openapi/v3/}: {@code api/v1}, {@code apis/apps/v1} */
    public Optional<Document> v3(String path) {
        return document(v3File(path));
    }

    public static String v3File(String path) {
        return "v3-" + path.replace('/', '_') + ".json";
    }

    private Document required(String name) {
        return document(name)
                .orElseThrow(() -> new IllegalStateException(FOLDER + name + ".gz is missing from the class path"));
    }

    private Optional<Document> document(String name) {
        Document known = documents.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        String hash = Hashes.BY_NAME.get(name);
        if (hash == null) {
            return Optional.empty();
        }
        Document read = new Document(read(name + ".gz"), hash);
        documents.put(name, read);
        return Optional.of(read);
    }

    private static byte[] read(String name) {
        try (InputStream in = OpenApiDocuments.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException(FOLDER + name + " is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(FOLDER + name, e);
        }
    }

    /** Read once, when the first document is asked for. */
    private static final class Hashes {
        static final Map<String, String> BY_NAME = new HashMap<>();

        static {
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(new ByteArrayInputStream(read(HASHES)), StandardCharsets.UTF_8));
            lines.lines().forEach(line -> {
                int space = line.indexOf(' ');
                BY_NAME.put(line.substring(0, space), line.substring(space + 1));
            });
        }
    }
}
