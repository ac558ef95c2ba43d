package io.kvorum.api.managed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What holds whatever is applied: random configurations of a Pod by a few managers, updates between them. */
class ApplyPropertiesTest {
    private static final FieldManagement PODS = FieldManagement.of(BuiltinTypes.load(), "v1", "Pod");
    private static final FieldType POD = BuiltinTypes.load().type("v1", "Pod");
    private static final List<String> MANAGERS = List.of("one", "two", "three");
    private static final String NOW = "2026-01-01T00:00:00Z";

    @Test
    void appliedFieldsAreOwnedAndThereAndApplyingAgainChangesNothing() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ObjectNode live = PODS.applied(null, config(random), "one", false, NOW);
            for (int step = 0; step < 12; step++) {
                String manager = MANAGERS.get(random.nextInt(MANAGERS.size()));
                ObjectNode config = config(random);
                if (random.nextInt(4) == 0) {
                    ObjectNode next = config(random);
                    PODS.updated(live, next, manager, NOW);
                    live = next;
                    continue;
                }
                ObjectNode next = PODS.applied(live, config, manager, true, NOW);
                check(seed, config, next, manager);
                assertThat(PODS.applied(next, config, manager, false, "2027-01-01T00:00:00Z"))
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(next);
                live = next;
            }
        }
    }

    @Test
    void withoutForceNothingOfOthersChanges() {
        int refused = 0;
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ObjectNode live = PODS.applied(null, config(random), "one", false, NOW);
            FieldSet owned = owned(live, "one");
            ObjectNode config = config(random);
            try {
                ObjectNode next = PODS.applied(live, config, "two", false, NOW);
                assertThat(owned(next, "one")).as("seed %d", seed).isEqualTo(owned);
            } catch (ApiException e) {
                assertThat(e.code()).isEqualTo(409);
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 299);
    }

    private static void check(int seed, ObjectNode config, ObjectNode next, String manager) {
        FieldSet fields = new TypedObject(POD, config).fields();
        FieldSet there = new TypedObject(POD, next).fields();
        assertThat(fields.difference(there)).as("seed %d: all is there", seed).isEqualTo(FieldSet.empty());
        FieldSet metadata = FieldSet.ofFields(
                List.of(List.of("apiVersion"), List.of("kind"), List.of("metadata"), List.of("metadata", "name")));
        assertThat(owned(next, manager)).as("seed %d", seed).isEqualTo(fields.difference(metadata));
        Comparison change = Comparison.of(POD, config, next);
        assertThat(change.removed()).isEqualTo(FieldSet.empty());
        assertThat(change.modified()).isEqualTo(FieldSet.empty());
    }

    private static FieldSet owned(ObjectNode pod, String manager) {
        for (JsonNode entry : pod.at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals(manager)
                    && entry.path("operation").asText().equals("Apply")) {
                return FieldSet.decode(entry.path("fieldsV1"));
            }
        }
        return FieldSet.empty();
    }

    private static ObjectNode config(SplittableRandom random) {
        ObjectNode pod = Tree.newObject();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata").put("name", "p");
        for (int i = random.nextInt(3); i > 0; i--) {
            Tree.ensureObject(metadata, "labels").put("l" + random.nextInt(3), "v" + random.nextInt(2));
        }
        ObjectNode spec = pod.putObject("spec").put("priority", random.nextInt(3));
        if (random.nextBoolean()) {
            spec.putObject("nodeSelector").put("n" + random.nextInt(2), "v");
        }
        int first = random.nextInt(4);
        for (int i = random.nextInt(4); i > 0; i--) {
            ObjectNode container =
                    Tree.ensureArray(spec, "containers").addObject().put("name", "c" + (first + i) % 4);
            if (random.nextBoolean()) {
                container.put("image", "i" + random.nextInt(2));
            }
            if (random.nextBoolean()) {
                ObjectNode port = container.putArray("ports").addObject().put("containerPort", 80 + random.nextInt(2));
                port.put("protocol", random.nextBoolean() ? "TCP" : "UDP");
            }
        }
        return pod;
    }
}
