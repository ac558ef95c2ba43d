package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.List;

/** The rules of a Service's cluster addresses and their families: at any time, and when they change. */
final class ServiceAddresses {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath ADDRESSES = SPEC.child("clusterIPs");
    private static final FieldPath FAMILIES = SPEC.child("ipFamilies");
    private static final FieldPath POLICY = SPEC.child("ipFamilyPolicy");
    private static final String NONE = "None";
    private static final String FIXED = "may not change once set";

    private ServiceAddresses() {}

    /** @param spec of a Service that is no ExternalName */
    static void validate(JsonNode spec, FieldErrors errors) {
        List<String> ips = Tree.texts(spec, "clusterIPs");
        String first = Tree.text(spec, "clusterIP");
        if (first.isEmpty()) {
            if (!ips.isEmpty()) {
                errors.invalid(ADDRESSES, spec.get("clusterIPs"), "must be empty when `clusterIP` is not specified");
            }
        } else if (ips.isEmpty()) {
            errors.required(ADDRESSES);
        } else if (!ips.get(0).equals(first)) {
            errors.invalid(ADDRESSES, spec.get("clusterIPs"), "first value must match `clusterIP`");
        }
        boolean wrong = false;
        for (int i = 0; i < ips.size(); i++) {
            if (i > 0 || !ips.get(i).equals(NONE)) {
                wrong |= !Rules.ip(ips.get(i), ADDRESSES.index(i), errors);
            } else if (ips.size() > 1) {
                wrong = true;
                errors.invalid(ADDRESSES, spec.get("clusterIPs"), "'None' must be the first and only value");
            }
        }
        if (ips.size() > 2) {
            errors.invalid(ADDRESSES, spec.get("clusterIPs"), "may only hold up to 2 values");
        }
        if (!wrong) {
            if (ips.size() > 1 && !oneOfEach(ips)) {
                errors.invalid(ADDRESSES, spec.get("clusterIPs"), "may specify no more than one IP for each IP family");
            }
            families(spec, ips, errors);
        }
        ServiceFamilies.validate(spec, errors);
    }

    private static boolean oneOfEach(List<String> ips) {
        return ips.stream().anyMatch(Rules::isIpv4) && ips.stream().anyMatch(Rules::isIpv6);
    }

    private static void families(JsonNode spec, List<String> ips, FieldErrors errors) {
        List<String> families = Tree.texts(spec, "ipFamilies");
        if (ServiceValidation.headless(spec)) {
            return;
        }
        for (int i = 0; i < ips.size() && i < families.size(); i++) {
            String family = families.get(i);
            boolean four = !Rules.isIpv6(ips.get(i));
            if ((family.equals("IPv4") && !four) || (family.equals("IPv6") && four)) {
                errors.invalid(
                        ADDRESSES.index(i),
                        ips.get(i),
                        "expected an " + family + " value as indicated by `ipFamilies[" + i + "]`");
            }
        }
    }

    /** A second address and family may come and go; the first stay, but for a change from or to ExternalName. */
    static void update(JsonNode before, JsonNode after, FieldErrors errors) {
        if (Tree.text(before, "type").equals("ExternalName")
                || Tree.text(after, "type").equals("ExternalName")) {
            return;
        }
        boolean was = ServiceValidation.headless(before);
        boolean is = ServiceValidation.headless(after);
        if (!was || !is) {
            addresses(before, after, errors);
        }
        if (!was && !is) {
            families(before, after, errors);
        }
    }

    private static void addresses(JsonNode before, JsonNode after, FieldErrors errors) {
        List<String> old = Tree.texts(before, "clusterIPs");
        List<String> now = Tree.texts(after, "clusterIPs");
        JsonNode shown = after.get("clusterIPs");
        if (old.size() == now.size()) {
            for (int i = 0; i < old.size(); i++) {
                if (!old.get(i).equals(now.get(i))) {
                    errors.invalid(ADDRESSES.index(i), shown, FIXED);
                }
            }
            return;
        }
        if (!old.isEmpty() && now.isEmpty()) {
            errors.invalid(ADDRESSES.index(0), shown, "primary clusterIP can not be unset");
        } else if (!old.isEmpty() && !old.get(0).equals(now.get(0))) {
            errors.invalid(ADDRESSES.index(0), shown, FIXED);
        }
        if (old.size() > now.size() && now.size() == 1) {
            single(after, "clusterIP", errors);
        }
    }

    private static void families(JsonNode before, JsonNode after, FieldErrors errors) {
        List<String> old = Tree.texts(before, "ipFamilies");
        List<String> now = Tree.texts(after, "ipFamilies");
        FieldPath first = FAMILIES.index(0);
        if (old.size() == now.size()) {
            for (int i = 0; i < old.size(); i++) {
                if (!old.get(i).equals(now.get(i))) {
                    errors.invalid(first, after.get("ipFamilies"), FIXED);
                }
            }
            return;
        }
        if (old.size() > now.size() && Tree.texts(after, "clusterIPs").isEmpty()) {
            errors.invalid(first, after.get("ipFamilies"), "primary ipFamily can not be unset");
        }
        if (!old.isEmpty() && !now.isEmpty() && !old.get(0).equals(now.get(0))) {
            // What is shown are the addresses, as upstream does.
            errors.invalid(first, after.get("clusterIPs"), FIXED);
        }
        if (old.size() > now.size() && now.size() == 1) {
            single(after, "ipFamily", errors);
        }
    }

    private static void single(JsonNode after, String released, FieldErrors errors) {
        if (!Tree.text(after, "ipFamilyPolicy").equals("SingleStack")) {
            errors.invalid(
                    POLICY,
                    after.get("ipFamilyPolicy"),
                    "must be set to 'SingleStack' when releasing the secondary " + released);
        }
    }
}
