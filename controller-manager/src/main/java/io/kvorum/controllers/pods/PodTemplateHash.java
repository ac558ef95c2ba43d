package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The label {@code pod-template-hash}: tells the ReplicaSets of a Deployment apart. 32-bit FNV-1a over the template as
 * JSON with sorted keys, and over the collision count, written in the alphabet of generated names. The same template
 * gives the same hash in every process, so a repeated creation meets the ReplicaSet of the first.
 */
public final class PodTemplateHash {
    public static final String LABEL = "pod-template-hash";

    /** The letters of generated names: no vowels and no digits that look like letters, so that no words come out. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private PodTemplateHash() {}

    public static String of(PodTemplateSpec template, @Nullable Integer collisionCount) {
        int hash = fnv(0x811c9dc5, JSON.writeValueAsBytes(template));
        if (collisionCount != null) {
            hash = fnv(hash, Integer.toString(collisionCount).getBytes(StandardCharsets.US_ASCII));
        }
        StringBuilder text = new StringBuilder();
        for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
            text.append(ALPHABET.charAt(digit % ALPHABET.length()));
        }
        return text.toString();
    }

    private static int fnv(int start, byte[] bytes) {
        int hash = start;
        for (byte each : bytes) {
            hash ^= each & 0xff;
            hash *= 0x01000193;
        }
        return hash;
    }

    /** Whether two templates are the same but for the hash label. */
    public static boolean sameTemplate(PodTemplateSpec a, PodTemplateSpec b) {
        return withoutLabel(a).equals(withoutLabel(b));
    }

    private static PodTemplateSpec withoutLabel(PodTemplateSpec template) {
        ObjectMeta meta = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
        Map<String, String> labels = new LinkedHashMap<>(meta.getLabels() == null ? Map.of() : meta.getLabels());
        labels.remove(LABEL);
        return new PodTemplateSpecBuilder(template)
                .editOrNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .build();
    }
}
