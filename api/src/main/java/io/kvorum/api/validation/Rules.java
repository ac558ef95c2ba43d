package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import io.kvorum.api.address.CidrText;
import io.kvorum.api.address.IpText;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Small rules that many kinds share. */
final class Rules {
    static final String NOT_NEGATIVE = "must be greater than or equal to 0";
    private static final String NOT_AN_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    private Rules() {}

    /** The number in the field, if there is one, is not below zero. */
    static void notNegative(JsonNode owner, FieldPath path, String field, FieldErrors errors) {
        if (owner.hasNonNull(field) && Tree.number(owner, field) < 0) {
            errors.invalid(path.child(field), Tree.number(owner, field), NOT_NEGATIVE);
        }
    }

    static void notNegative(JsonNode owner, FieldPath path, FieldErrors errors, String... fields) {
        for (String field : fields) {
            notNegative(owner, path, field, errors);
        }
    }

    /** The string in the field, if there is one, is one of those supported. */
    static void oneOf(JsonNode owner, FieldPath path, String field, Collection<String> supported, FieldErrors errors) {
        String value = Tree.text(owner, field);
        if (owner.hasNonNull(field) && !supported.contains(value)) {
            errors.notSupported(path.child(field), value, supported);
        }
    }

    /** The string in the field is there and one of those supported. */
    static void requiredOneOf(
            JsonNode owner, FieldPath path, String field, Collection<String> supported, FieldErrors errors) {
        if (Tree.text(owner, field).isEmpty()) {
            errors.required(path.child(field));
        } else {
            oneOf(owner, path, field, supported, errors);
        }
    }

    static void requiredText(JsonNode owner, FieldPath path, FieldErrors errors, String... fields) {
        for (String field : fields) {
            if (Tree.text(owner, field).isEmpty()) {
                errors.required(path.child(field));
            }
        }
    }

    /** A port by number or by name. */
    static void port(@Nullable IntOrString port, FieldPath path, FieldErrors errors) {
        if (port == null || port.isNumber()) {
            long number = port == null ? 0 : port.number();
            errors.invalidEach(path, number, ObjectNames.portNumber(number));
        } else {
            errors.invalidEach(path, port.toString(), ObjectNames.portName(port.toString()));
        }
    }

    /** A count or a percentage, neither negative nor, as a percentage, above 100. */
    static void countOrPercent(JsonNode owner, FieldPath path, String field, FieldErrors errors) {
        IntOrString value = IntOrString.from(owner.get(field));
        if (value == null) {
            return;
        }
        FieldPath at = path.child(field);
        if (value.isNumber()) {
            if (value.number() < 0) {
                errors.invalid(at, value.number(), NOT_NEGATIVE);
            }
        } else if (!value.isPercent()) {
            errors.invalid(
                    at,
                    value.toString(),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%',"
                            + " regex used for validation is '[0-9]+%')");
        } else if (value.percent() > 100) {
            errors.invalid(at, value.toString(), "must not be greater than 100%");
        }
    }

    /** A count or a percentage, not negative, but above 100% if it likes. */
    static void countOrAnyPercent(JsonNode owner, FieldPath path, String field, FieldErrors errors) {
        IntOrString value = IntOrString.from(owner.get(field));
        if (value != null && (value.isNumber() || !value.isPercent())) {
            countOrPercent(owner, path, field, errors);
        }
    }

    static boolean isZero(@Nullable IntOrString value) {
        return value == null || (value.isNumber() ? value.number() == 0 : value.isPercent() && value.percent() == 0);
    }

    /** The quantity in the field; null where it is absent or malformed, which is then said. */
    static @Nullable Quantity quantity(JsonNode value, FieldPath path, FieldErrors errors) {
        String text = value.asText("");
        if (!Quantity.isValid(text)) {
            errors.invalid(path, text, Quantity.MALFORMED);
            return null;
        }
        return Quantity.parse(text);
    }

    /** An address as it must be written nowadays, without zeros in front of its numbers; null where the text is none. */
    static @Nullable IpText address(String text) {
        IpText address = IpText.parse(text);
        return address == null || address.isPadded() ? null : address;
    }

    static boolean isIpv4(String text) {
        IpText address = address(text);
        return address != null && address.isFour();
    }

    static boolean isIpv6(String text) {
        IpText address = address(text);
        return address != null && !address.isFour();
    }

    static boolean isBlock(String text) {
        CidrText block = CidrText.parse(text);
        return block != null && !block.address().isPadded();
    }

    static boolean block(String text, FieldPath path, FieldErrors errors) {
        boolean good = isBlock(text);
        if (!good) {
            errors.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
        return good;
    }

    static boolean ip(String text, FieldPath path, FieldErrors errors) {
        boolean good = address(text) != null;
        if (!good) {
            errors.invalid(path, text, NOT_AN_IP);
        }
        return good;
    }

    /** An address that traffic can be sent to: none of the special ranges, loopback only where the cluster allows it. */
    static void routable(String ip, ValidationOptions options, FieldPath path, FieldErrors errors) {
        if (ip.equals("0.0.0.0") || ip.equals("::")) {
            errors.invalid(path, ip, "may not be unspecified (" + ip + ")");
        }
        IpText address = address(ip);
        boolean allowed = address != null
                && options.loopbackRanges().stream()
                        .map(CidrText::parse)
                        .anyMatch(range -> range != null && range.contains(address));
        if ((ip.startsWith("127.") || ip.equals("::1")) && !allowed) {
            errors.invalid(path, ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        if (ip.startsWith("169.254.") || ip.toLowerCase(Locale.ROOT).matches("fe[89ab][0-9a-f]:.*")) {
            errors.invalid(path, ip, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        if (ip.startsWith("224.0.0.") || ip.toLowerCase(Locale.ROOT).startsWith("ff02:")) {
            errors.invalid(path, ip, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    /** A path inside a volume. */
    static void localPath(String text, FieldPath path, FieldErrors errors) {
        if (text.startsWith("/")) {
            errors.invalid(path, text, "must be a relative path");
        }
        noDots(text, path, errors);
    }

    static void noDots(String text, FieldPath path, FieldErrors errors) {
        for (String part : text.split("/")) {
            if (part.equals("..")) {
                errors.invalid(path, text, "must not contain '..'");
                return;
            }
        }
    }

    static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
}
