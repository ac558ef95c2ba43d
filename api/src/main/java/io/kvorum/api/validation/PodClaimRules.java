package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The rules of the claims of devices that a pod makes and its containers use. */
final class PodClaimRules {
    private PodClaimRules() {}

    /** The names of a pod's claims, also of those with faults of their own. */
    static Set<String> names(JsonNode spec) {
        Set<String> names = new TreeSet<>();
        for (JsonNode claim : Tree.items(spec, "resourceClaims")) {
            String name = Tree.text(claim, "name");
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    static void pod(JsonNode spec, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> claims = Tree.items(spec, "resourceClaims");
        for (int i = 0; i < claims.size(); i++) {
            JsonNode claim = claims.get(i);
            FieldPath at = path.child("resourceClaims").index(i);
            String name = Tree.text(claim, "name");
            if (name.isEmpty()) {
                errors.required(at.child("name"));
            } else if (!seen.add(name)) {
                errors.duplicate(at.child("name"), name);
            } else {
                errors.invalidEach(at.child("name"), name, ObjectNames.dns1123Label(name));
            }
            boolean made = claim.hasNonNull("resourceClaimName");
            boolean template = claim.hasNonNull("resourceClaimTemplateName");
            if (made && template) {
                errors.invalid(
                        at,
                        claim,
                        "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            } else if (!made && !template) {
                errors.invalid(at, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            }
            for (String field : List.of("resourceClaimName", "resourceClaimTemplateName")) {
                if (claim.hasNonNull(field)) {
                    String referred = Tree.text(claim, field);
                    errors.invalidEach(at.child(field), referred, ObjectNames.dns1123Subdomain(referred));
                }
            }
        }
    }
}
