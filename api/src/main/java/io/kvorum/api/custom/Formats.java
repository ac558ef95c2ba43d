package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The formats of strings and numbers that are checked; a format that is not known fits every value. */
public final class Formats {
    private static final BigInteger INT32 = BigInteger.ONE.shiftLeft(31);
    private static final BigInteger INT64 = BigInteger.ONE.shiftLeft(63);
    private static final String UUID_REST = "-[0-9a-f]{4}-%s[0-9a-f]{3}-%s[0-9a-f]{3}-[0-9a-f]{12}";
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern IPV6 =
            Pattern.compile("(?=.*:)[0-9a-fA-F:]{2,39}(:(" + OCTET + "\\.){3}" + OCTET + ")?");

    private static final Map<String, Predicate<String>> TEXTS = Map.ofEntries(
            Map.entry("date", Formats::date),
            Map.entry("date-time", Formats::dateTime),
            Map.entry("datetime", Formats::dateTime),
            Map.entry("byte", Formats::base64),
            Map.entry("uri", matching("([a-zA-Z][-+.a-zA-Z0-9]*:[^\\s]*|/[^\\s]*)")),
            Map.entry("email", matching("[^@\\s]+@[^@\\s]+")),
            Map.entry(
                    "hostname",
                    matching("[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
                            + "(\\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*")),
            Map.entry("ipv4", text -> IPV4.matcher(text).matches()),
            Map.entry("ipv6", text -> IPV6.matcher(text).matches()),
            Map.entry("cidr", Formats::cidr),
            Map.entry("mac", matching("([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}")),
            Map.entry("uuid", matching("(?i)[0-9a-f]{8}" + UUID_REST.formatted("[0-9a-f]", "[0-9a-f]"))),
            Map.entry("uuid3", matching("(?i)[0-9a-f]{8}" + UUID_REST.formatted("3", "[0-9a-f]"))),
            Map.entry("uuid4", matching("(?i)[0-9a-f]{8}" + UUID_REST.formatted("4", "[89ab]"))),
            Map.entry("uuid5", matching("(?i)[0-9a-f]{8}" + UUID_REST.formatted("5", "[89ab]"))),
            Map.entry("hexcolor", matching("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")),
            Map.entry("k8s-short-name", matching("(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?")),
            Map.entry(
                    "k8s-long-name",
                    matching("(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")),
            Map.entry(
                    "duration",
                    matching("[-+]?(0|((\\d+(\\.\\d*)?|\\.\\d+)\\s*(ns|us|µs|μs|ms|s|m|h|d|w|"
                            + "(second|minute|hour|day|week)s?)\\s*)+)")));

    /** Formats the API server knows besides, without a check that goes beyond the type. */
    private static final Set<String> UNCHECKED = Set.of(
            "bsonobjectid",
            "isbn",
            "isbn10",
            "isbn13",
            "creditcard",
            "ssn",
            "rgbcolor",
            "password",
            "int32",
            "int64",
            "float",
            "double");

    private Formats() {}

    /** Whether a schema's format means anything to the API server. */
    public static boolean known(String format) {
        return TEXTS.containsKey(format) || UNCHECKED.contains(format);
    }

    static boolean matches(String format, String value) {
        Predicate<String> check = TEXTS.get(format);
        return check == null || check.test(value);
    }

    static boolean fits(String format, JsonNode number) {
        if (!number.isIntegralNumber() || !(format.equals("int32") || format.equals("int64"))) {
            return true;
        }
        BigInteger limit = format.equals("int32") ? INT32 : INT64;
        BigInteger value = number.bigIntegerValue();
        return value.compareTo(limit.negate()) >= 0 && value.compareTo(limit) < 0;
    }

    private static Predicate<String> matching(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return text -> pattern.matcher(text).matches();
    }

    private static boolean date(String text) {
        try {
            LocalDate.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean dateTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean base64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean cidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
            return false;
        }
        int bits = Integer.parseInt(text.substring(slash + 1));
        String address = text.substring(0, slash);
        return IPV4.matcher(address).matches()
                ? bits <= 32
                : IPV6.matcher(address).matches() && bits <= 128;
    }
}
