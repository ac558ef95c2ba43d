package io.kvorum.apiserver.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One version of an object: its JSON, encoded once, and what selectors ask of it, decoded only when one asks. Belongs to
 * the API server's event loop; the bytes are never written to.
 */
public final class ObjectVersion {
    private final String path;
    private final long revision;
    private final byte[] json;
    private final int offset;
    private @Nullable Map<String, String> labels;
    private @Nullable String node;
    private @Nullable ObjectNode selectable;
    private byte @Nullable [] message;

    /**
     * @param path {@code namespace/name}, or {@code name} for cluster-scoped objects
     * @param stored the bytes of the store
     */
    public ObjectVersion(String path, long revision, byte[] stored) {
        this.path = path;
        this.revision = revision;
        this.offset = ObjectJson.metadataOffset(stored);
        // Revision 0 is a rehearsal: what was not written has no resourceVersion.
        this.json = revision == 0 ? stored : ObjectJson.splice(stored, offset, revision);
    }

    public String path() {
        return path;
    }

    public long revision() {
        return revision;
    }

    /** The whole object with its resourceVersion. */
    public byte[] json() {
        return json;
    }

    public String namespace() {
        int slash = path.indexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    public String name() {
        return path.substring(path.indexOf('/') + 1);
    }

    /** A fresh tree, the caller's to change. */
    public ObjectNode tree() {
        return ObjectJson.parse(json);
    }

    /** The same object under another resourceVersion, as deletion events show it. */
    public byte[] jsonAt(long otherRevision) {
        int skip = "\"resourceVersion\":\"".length() + Long.toString(revision).length() + 1;
        int from = offset + skip + (json[offset + skip] == ',' ? 1 : 0);
        byte[] stored = new byte[json.length - (from - offset)];
        System.arraycopy(json, 0, stored, 0, offset);
        System.arraycopy(json, from, stored, offset, json.length - from);
        return ObjectJson.splice(stored, offset, otherRevision);
    }

    public Map<String, String> labels() {
        if (labels == null) {
            read();
        }
        return Objects.requireNonNull(labels);
    }

    /** The node the object is on; empty when it is on none, or of a kind that never is. */
    public String node() {
        if (node == null) {
            read();
        }
        return Objects.requireNonNull(node);
    }

    /** Takes what most selectors ask for out of the tree, which is not kept: it is many times as large as the object. */
    private void read() {
        ObjectNode tree = selectable == null ? tree() : selectable;
        Map<String, String> found = new HashMap<>();
        for (var entry : tree.path("metadata").path("labels").properties()) {
            found.put(entry.getKey(), entry.getValue().asText());
        }
        labels = found;
        node = Tree.text(tree, "spec", "nodeName");
    }

    /** The object for reading only, kept once somebody selects by other fields. */
    public JsonNode selectable() {
        ObjectNode known = selectable;
        if (known == null) {
            known = tree();
            selectable = known;
        }
        return known;
    }

    /**
     * The object's other encoding, made once for all who ask.
     *
     * @param encoder from the JSON
     */
    public byte[] message(UnaryOperator<byte[]> encoder) {
        byte[] known = message;
        if (known == null) {
            known = encoder.apply(json);
            message = known;
        }
        return known;
    }

    /** Lets go of the other forms of a superseded version; they are made again should a late watcher ask. */
    void forgetForms() {
        selectable = null;
        message = null;
    }
}
