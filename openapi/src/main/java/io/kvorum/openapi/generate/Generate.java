package io.kvorum.openapi.generate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.openapi.OpenApiDocuments;
import io.kvorum.openapi.generate.Resources.Resource;
import io.kvorum.openapi.protobuf.V2Protobuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/** Writes all documents below a folder of class files. Arguments: the catalogue of resources, the folder. */
public final class Generate {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<String> hashes = new ArrayList<>();

    private Generate(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: Generate RESOURCES.TSV FOLDER");
        }
        new Generate(Path.of(args[1])).run(Path.of(args[0]));
    }

    private void run(Path catalogue) throws IOException {
        List<Resource> resources = Resources.read(catalogue);
        Map<String, Definition> definitions = Models.read(resources);
        ListSemantics semantics = ListSemantics.read();
        semantics.checkAgainst(definitions);
        for (Map.Entry<String, byte[]> file : new SchemaFiles(definitions, semantics, ZeroValues.read())
                .write()
                .entrySet()) {
            write("io/kvorum/schemas/" + file.getKey(), file.getValue());
        }
        write("io/kvorum/proto/messages.gz", compressed(new MessageFile(definitions).write()));
        Documents documents = new Documents(resources, definitions, semantics);
        ObjectNode v2 = documents.v2();
        document(OpenApiDocuments.V2_JSON, JSON.writeValueAsBytes(v2));
        document(OpenApiDocuments.V2_PROTOBUF, V2Protobuf.encode(v2));
        ObjectNode index = JSON.createObjectNode();
        ObjectNode paths = index.putObject("paths");
        for (Map.Entry<String, ObjectNode> v3 : new TreeMap<>(documents.v3()).entrySet()) {
            String hash = document(OpenApiDocuments.v3File(v3.getKey()), JSON.writeValueAsBytes(v3.getValue()));
            paths.putObject(v3.getKey()).put("serverRelativeURL", "/openapi/v3/" + v3.getKey() + "?hash=" + hash);
        }
        document(OpenApiDocuments.V3_INDEX, JSON.writeValueAsBytes(index));
        write(
                OpenApiDocuments.FOLDER + OpenApiDocuments.HASHES,
                String.join("", hashes).getBytes(StandardCharsets.UTF_8));
    }

    /** Stores a document compressed and returns its hash. */
    private String document(String name, byte[] content) throws IOException {
        String hash = hash(content);
        hashes.add(name + " " + hash + "\n");
        write(OpenApiDocuments.FOLDER + name + ".gz", compressed(content));
        return hash;
    }

    private static byte[] compressed(byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        // The JDK writes no time into the header, so that the same content gives the same bytes.
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(content);
        }
        return compressed.toByteArray();
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-512").digest(content);
            return HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }
}
