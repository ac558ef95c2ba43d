package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.address.CidrText;
import io.kvorum.api.address.IpText;
import java.util.ArrayList;
import java.util.List;

/** The rules of IPAddresses and ServiceCIDRs, whose addresses are written in one way only. */
final class AddressValidation {
    private static final FieldPath PARENT = FieldPath.of("spec", "parentRef");
    private static final FieldPath CIDRS = FieldPath.of("spec", "cidrs");

    private AddressValidation() {}

    static final KindValidation IP_ADDRESS = new KindValidation() {
        @Override
        public void create(ObjectNode address, ValidationOptions options, FieldErrors errors) {
            JsonNode parent = Tree.at(address, "spec", "parentRef");
            if (!parent.isObject()) {
                errors.required(PARENT);
                return;
            }
            String group = Tree.text(parent, "group");
            if (!group.isEmpty()) {
                errors.invalidEach(PARENT.child("group"), group, ObjectNames.dns1123Subdomain(group));
            }
            Rules.requiredText(parent, PARENT, errors, "resource");
            segment(parent, "resource", errors);
            Rules.requiredText(parent, PARENT, errors, "name");
            segment(parent, "name", errors);
            segment(parent, "namespace", errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            errors.immutable(PARENT, parent(old), parent(next));
        }
    };

    static final KindValidation SERVICE_CIDR = new KindValidation() {
        @Override
        public void create(ObjectNode object, ValidationOptions options, FieldErrors errors) {
            cidrs(object, errors);
        }

        /** What is there stays; a second block may be added. */
        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            List<String> before = Tree.texts(old, "spec", "cidrs");
            List<String> after = Tree.texts(next, "spec", "cidrs");
            boolean second = before.size() == 1 && after.size() == 2;
            if (before.size() != after.size() && !second) {
                errors.invalid(CIDRS, Tree.at(next, "spec", "cidrs"), FieldErrors.IMMUTABLE);
                return;
            }
            for (int i = 0; i < before.size(); i++) {
                if (!before.get(i).equals(after.get(i))) {
                    errors.invalid(CIDRS.index(i), after.get(i), FieldErrors.IMMUTABLE);
                }
            }
            if (second) {
                cidrs(next, errors);
            }
        }
    };

    private static void cidrs(ObjectNode object, FieldErrors errors) {
        List<String> blocks = Tree.texts(object, "spec", "cidrs");
        if (blocks.isEmpty()) {
            errors.required(CIDRS, "at least one CIDR required");
            return;
        }
        if (blocks.size() > 2) {
            errors.invalid(CIDRS, spec(object), "may only hold up to 2 values");
            return;
        }
        for (int i = 0; i < blocks.size(); i++) {
            errors.invalidEach(CIDRS.index(i), blocks.get(i), block(blocks.get(i)));
        }
        if (blocks.size() == 2 && oneFamily(blocks)) {
            errors.invalid(
                    CIDRS,
                    Tree.at(object, "spec", "cidrs"),
                    "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
        }
    }

    private static void segment(JsonNode parent, String field, FieldErrors errors) {
        String value = Tree.text(parent, field);
        errors.invalidEach(PARENT.child(field), value, ObjectNames.pathSegment(value));
    }

    private static JsonNode parent(ObjectNode address) {
        JsonNode parent = Tree.at(address, "spec", "parentRef");
        return parent.isObject() ? InternalForm.parentReference(parent) : NullNode.getInstance();
    }

    private static ObjectNode spec(ObjectNode object) {
        ObjectNode form = Tree.newObject();
        form.set("CIDRs", Tree.at(object, "spec", "cidrs"));
        return form;
    }

    private static boolean oneFamily(List<String> blocks) {
        CidrText first = CidrText.parse(blocks.get(0));
        CidrText second = CidrText.parse(blocks.get(1));
        return first != null
                && second != null
                && first.address().isFour() == second.address().isFour();
    }

    /** What is wrong with an address that must be written in the canonical form: names of IPAddresses. */
    static List<String> address(String text) {
        IpText address = IpText.parse(text);
        if (address == null) {
            return List.of("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
        List<String> wrong = new ArrayList<>();
        if (address.isPadded()) {
            wrong.add("must not have leading 0s");
        } else if (address.isMapped()) {
            wrong.add("must not be an IPv4-mapped IPv6 address");
        } else if (!text.equals(address.toString())) {
            wrong.add("must be in canonical form (\"" + address + "\")");
        }
        return wrong;
    }

    /** The same of a block. */
    static List<String> block(String text) {
        CidrText block = CidrText.parse(text);
        if (block == null) {
            return List.of("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
        List<String> wrong = new ArrayList<>();
        if (block.padded()) {
            wrong.add("must not have leading 0s in IP or prefix length");
        } else if (block.address().isMapped()) {
            wrong.add("must not have an IPv4-mapped IPv6 address");
        } else if (block.hasHostBits()) {
            wrong.add("must not have bits set beyond the prefix length");
        } else if (!text.equals(block.network())) {
            wrong.add("must be in canonical form (\"" + block.network() + "\")");
        }
        return wrong;
    }
}
