package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of CSIDrivers. */
final class DriverValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> GROUP_POLICIES = List.of("File", "None", "ReadWriteOnceWithFSType");
    private static final List<String> LIFECYCLES = List.of("Persistent", "Ephemeral");
    private static final long LEAST_SECONDS = 600;
    private static final long MOST_SECONDS = 1L << 32;
    private static final long LEAST_PERIOD = 10;

    @Override
    public void create(ObjectNode driver, ValidationOptions options, FieldErrors errors) {
        JsonNode spec = driver.path("spec");
        given(spec, "attachRequired", "attachedRequired", errors);
        given(spec, "podInfoOnMount", "podInfoOnMount", errors);
        given(spec, "storageCapacity", "storageCapacity", errors);
        Rules.oneOf(spec, SPEC, "fsGroupPolicy", GROUP_POLICIES, errors);
        tokens(Tree.items(spec, "tokenRequests"), SPEC.child("tokenRequests"), errors);
        for (String mode : Tree.texts(spec, "volumeLifecycleModes")) {
            if (!LIFECYCLES.contains(mode)) {
                errors.notSupported(SPEC.child("volumeLifecycleModes"), mode, LIFECYCLES);
            }
        }
        given(spec, "seLinuxMount", "seLinuxMount", errors);
        long period = Tree.number(spec, "nodeAllocatableUpdatePeriodSeconds");
        if (spec.hasNonNull("nodeAllocatableUpdatePeriodSeconds") && period < LEAST_PERIOD) {
            errors.invalid(
                    SPEC.child("nodeAllocatableUpdatePeriodSeconds"),
                    period,
                    "must be greater than or equal to 10 seconds");
        }
    }

    /** @param shown upstream's name in findings */
    private static void given(JsonNode spec, String field, String shown, FieldErrors errors) {
        if (!spec.hasNonNull(field)) {
            errors.required(SPEC.child(shown));
        }
    }

    private static void tokens(List<JsonNode> requests, FieldPath path, FieldErrors errors) {
        Set<String> audiences = new HashSet<>();
        for (int i = 0; i < requests.size(); i++) {
            FieldPath at = path.index(i);
            String audience = Tree.text(requests.get(i), "audience");
            if (!audiences.add(audience)) {
                errors.duplicate(at.child("audience"), audience);
                continue;
            }
            if (!requests.get(i).hasNonNull("expirationSeconds")) {
                continue;
            }
            long seconds = Tree.number(requests.get(i), "expirationSeconds");
            if (seconds < LEAST_SECONDS) {
                errors.invalid(
                        at.child("expirationSeconds"), seconds, "may not specify a duration less than 10 minutes");
            }
            if (seconds > MOST_SECONDS) {
                errors.invalid(
                        at.child("expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds");
            }
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        create(next, options, errors);
        JsonNode before = old.path("spec");
        JsonNode after = next.path("spec");
        errors.immutable(SPEC.child("attachedRequired"), before.get("attachRequired"), after.get("attachRequired"));
        errors.immutable(
                SPEC.child("volumeLifecycleModes"),
                before.get("volumeLifecycleModes"),
                after.get("volumeLifecycleModes"));
    }
}
