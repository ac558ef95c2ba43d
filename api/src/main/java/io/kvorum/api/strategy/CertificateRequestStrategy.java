package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.List;

/**
 * CertificateSigningRequests do not change but in two parts: the conditions by which they are approved or denied, and
 * the certificate that follows.
 */
final class CertificateRequestStrategy extends GenericStrategy {
    CertificateRequestStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        super.prepareForUpdate(old, next);
        copyField(old, next, "spec");
    }

    @Override
    public void prepareStatusUpdate(ObjectNode old, ObjectNode next) {
        super.prepareStatusUpdate(old, next);
        keepAsTheyWere(old, next, "Approved");
        keepAsTheyWere(old, next, "Denied");
    }

    /** {@code approval}: the conditions are new, all else is old. */
    @Override
    public void preparePartUpdate(String subresource, ObjectNode old, ObjectNode next) {
        super.prepareStatusUpdate(old, next);
        ObjectNode wanted = Tree.object(next, "status").deepCopy();
        copyField(old, next, "status");
        copyField(wanted, Tree.ensureObject(next, "status"), "conditions");
    }

    /** Where no condition of the type came or went, the old ones stay; else validation says so. */
    private static void keepAsTheyWere(ObjectNode old, ObjectNode next, String type) {
        List<ObjectNode> before = ofType(old, type);
        List<ObjectNode> after = ofType(next, type);
        if (before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                after.get(i).removeAll();
                after.get(i).setAll(before.get(i).deepCopy());
            }
        }
    }

    private static List<ObjectNode> ofType(ObjectNode request, String type) {
        return Tree.objects(request, "status", "conditions").stream()
                .filter(condition -> Tree.text(condition, "type").equals(type))
                .toList();
    }
}
