package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules of CertificateSigningRequests. What was stored against a rule may stay as it is. */
final class CertificateRequestValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath CONDITIONS = FieldPath.of("status", "conditions");
    private static final FieldPath CERTIFICATE = FieldPath.of("status", "certificate");
    private static final String APPROVED = "Approved";
    private static final String DENIED = "Denied";
    private static final List<String> LASTING = List.of(APPROVED, DENIED, "Failed");
    private static final String LEGACY = "kubernetes.io/legacy-unknown";
    private static final long LEAST_SECONDS = 600;
    private static final int MOST_DOMAIN = 253;
    /** A domain, a slash, and room for a label, a dot and a subdomain. */
    private static final int MOST_SIGNER = MOST_DOMAIN + 1 + 63 + 1 + 253;

    /** In the order upstream names them. */
    private static final Set<String> USAGES = new TreeSet<>(List.of(
            "signing",
            "digital signature",
            "content commitment",
            "key encipherment",
            "key agreement",
            "data encipherment",
            "cert sign",
            "crl sign",
            "encipher only",
            "decipher only",
            "any",
            "server auth",
            "client auth",
            "code signing",
            "email protection",
            "s/mime",
            "ipsec end system",
            "ipsec tunnel",
            "ipsec user",
            "timestamping",
            "ocsp signing",
            "microsoft sgc",
            "netscape sgc"));

    /** What a change may do beside changing metadata. */
    private enum Part {
        OBJECT,
        STATUS,
        APPROVAL
    }

    @Override
    public void create(ObjectNode request, ValidationOptions options, FieldErrors errors) {
        check(request, null, errors);
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        change(old, next, Part.OBJECT, errors);
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        change(old, next, Part.STATUS, errors);
    }

    @Override
    public void updatePart(
            String subresource, ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        change(old, next, Part.APPROVAL, errors);
    }

    private static void check(ObjectNode request, @Nullable ObjectNode old, FieldErrors errors) {
        JsonNode spec = request.path("spec");
        String problem = Pkcs10.problem(decoded(Tree.text(spec, "request")));
        if (problem != null) {
            errors.invalid(SPEC.child("request"), Tree.text(spec, "request"), problem);
        }
        usages(Tree.texts(spec, "usages"), old == null ? List.of() : Tree.texts(old, "spec", "usages"), errors);
        signer(Tree.text(spec, "signerName"), old, errors);
        if (spec.hasNonNull("expirationSeconds") && Tree.number(spec, "expirationSeconds") < LEAST_SECONDS) {
            errors.invalid(
                    SPEC.child("expirationSeconds"),
                    Tree.number(spec, "expirationSeconds"),
                    "may not specify a duration less than 600 seconds (10 minutes)");
        }
        conditions(Tree.items(request, "status", "conditions"), old, errors);
        String certificate = Tree.text(request, "status", "certificate");
        boolean untouched = old != null && certificate.equals(Tree.text(old, "status", "certificate"));
        String wrong = untouched ? null : PemCertificates.problemOfIssued(decoded(certificate));
        if (wrong != null
                && (old == null
                        || PemCertificates.problemOfIssued(decoded(Tree.text(old, "status", "certificate"))) == null)) {
            errors.invalid(CERTIFICATE, "<certificate data>", wrong);
        }
    }

    private static byte[] decoded(String base64) {
        return base64.isEmpty() ? new byte[0] : Base64.getMimeDecoder().decode(base64);
    }

    private static void usages(List<String> usages, List<String> before, FieldErrors errors) {
        FieldPath path = SPEC.child("usages");
        if (usages.isEmpty()) {
            errors.required(path);
        }
        if (USAGES.containsAll(before)) {
            for (int i = 0; i < usages.size(); i++) {
                if (!USAGES.contains(usages.get(i))) {
                    errors.notSupported(path.index(i), usages.get(i), USAGES);
                }
            }
        }
        if (Set.copyOf(before).size() == before.size()) {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < usages.size(); i++) {
                if (!seen.add(usages.get(i))) {
                    errors.duplicate(path.index(i), usages.get(i));
                }
            }
        }
    }

    private static void signer(String name, @Nullable ObjectNode old, FieldErrors errors) {
        FieldPath path = SPEC.child("signerName");
        boolean legacyBefore =
                old != null && Tree.text(old, "spec", "signerName").equals(LEGACY);
        if (name.equals(LEGACY) && !legacyBefore) {
            errors.invalid(path, name, "the legacy signerName is not allowed via this API version");
            return;
        }
        if (name.isEmpty()) {
            errors.required(path);
            return;
        }
        String[] segments = name.split("/", -1);
        if (segments.length != 2) {
            errors.invalid(
                    path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }
        String domain = segments[0];
        if (domain.length() > MOST_DOMAIN) {
            errors.tooLong(path, MOST_DOMAIN);
        }
        String[] labels = domain.split("\\.", -1);
        firstWrong(domain, labels, ObjectNames::dns1123Label, path, errors);
        if (labels.length < 2) {
            errors.invalid(path, domain, "should be a domain with at least two segments separated by dots");
        }
        firstWrong(segments[1], segments[1].split("\\.", -1), ObjectNames::dns1123Subdomain, path, errors);
        if (name.length() > MOST_SIGNER) {
            errors.tooLong(path, MOST_SIGNER);
        }
    }

    /** What is wrong with the first label that is; the others would be said to be wrong in the same words. */
    private static void firstWrong(
            String whole, String[] labels, Function<String, List<String>> rule, FieldPath path, FieldErrors errors) {
        for (String label : labels) {
            List<String> wrong = rule.apply(label);
            if (!wrong.isEmpty()) {
                wrong.forEach(message -> errors.invalid(path, whole, "validating label \"" + label + "\": " + message));
                return;
            }
        }
    }

    private static void conditions(List<JsonNode> conditions, @Nullable ObjectNode old, FieldErrors errors) {
        List<String> before = types(old);
        boolean both = before.contains(APPROVED) && before.contains(DENIED);
        boolean repeated = Set.copyOf(before).size() < before.size();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < conditions.size(); i++) {
            String type = Tree.text(conditions.get(i), "type");
            String status = Tree.text(conditions.get(i), "status");
            FieldPath at = CONDITIONS.index(i);
            if (type.isEmpty() && !before.contains("")) {
                errors.required(at.child("type"));
            }
            List<String> allowed = LASTING.contains(type) ? List.of("True") : List.of("False", "True", "Unknown");
            if (status.isEmpty()) {
                errors.required(at.child("status"));
            } else if (!allowed.contains(status)) {
                errors.notSupported(at.child("status"), status, allowed);
            }
            boolean exclusive =
                    type.equals(APPROVED) && seen.contains(DENIED) || type.equals(DENIED) && seen.contains(APPROVED);
            if (exclusive && !both) {
                errors.invalid(CONDITIONS, type, "Approved and Denied conditions are mutually exclusive");
            }
            if (!seen.add(type) && !repeated) {
                errors.duplicate(at.child("type"), type);
            }
        }
    }

    private static List<String> types(@Nullable ObjectNode request) {
        return Tree.items(request, "status", "conditions").stream()
                .map(condition -> Tree.text(condition, "type"))
                .toList();
    }

    private static void change(ObjectNode old, ObjectNode next, Part part, FieldErrors errors) {
        check(next, old, errors);
        for (String type : LASTING) {
            if (ofType(next, type).size() < ofType(old, type).size()) {
                errors.forbidden(CONDITIONS, "updates may not remove a condition of type \"" + type + "\"");
            }
        }
        if (part != Part.APPROVAL) {
            for (String type : List.of(APPROVED, DENIED)) {
                List<JsonNode> before = ofType(old, type);
                List<JsonNode> after = ofType(next, type);
                if (after.size() > before.size()) {
                    errors.forbidden(CONDITIONS, "updates may not add a condition of type \"" + type + "\"");
                } else if (after.size() == before.size() && !after.equals(before)) {
                    errors.forbidden(CONDITIONS, "updates may not modify a condition of type \"" + type + "\"");
                }
            }
        }
        String before = Tree.text(old, "status", "certificate");
        if (!before.equals(Tree.text(next, "status", "certificate"))) {
            if (part != Part.STATUS) {
                errors.forbidden(CERTIFICATE, "updates may not set certificate content");
            } else if (!before.isEmpty()) {
                errors.forbidden(CERTIFICATE, "updates may not modify existing certificate content");
            }
        }
    }

    private static List<JsonNode> ofType(ObjectNode request, String type) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode condition : Tree.items(request, "status", "conditions")) {
            if (Tree.text(condition, "type").equals(type)) {
                found.add(condition);
            }
        }
        return found;
    }
}
