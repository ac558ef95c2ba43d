package io.kvorum.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The forms of names, labels and keys. Each check answers the messages for what is wrong, none for a good value;
 * the messages are those of {@code k8s.io/apimachinery/pkg/util/validation}.
 */
public final class ObjectNames {
    private static final String LABEL_1123 = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN_1123 = LABEL_1123 + "(\\." + LABEL_1123 + ")*";
    private static final String LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String LABEL_VALUE = "(" + QUALIFIED + ")?";
    private static final String ENV_NAME = "[ -<>-~]+";
    private static final String CONFIG_KEY = "[-._a-zA-Z0-9]+";

    private static final String REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";

    private static final String IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*";

    private static final Pattern LABEL_1123_PATTERN = Pattern.compile(LABEL_1123);
    private static final Pattern SUBDOMAIN_PATTERN = Pattern.compile(SUBDOMAIN_1123);
    private static final Pattern SEARCH_DOMAIN_PATTERN =
            Pattern.compile("_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL_1035_PATTERN = Pattern.compile(LABEL_1035);
    private static final Pattern QUALIFIED_PATTERN = Pattern.compile(QUALIFIED);
    private static final Pattern LABEL_VALUE_PATTERN = Pattern.compile(LABEL_VALUE);
    private static final Pattern ENV_NAME_PATTERN = Pattern.compile(ENV_NAME);
    private static final Pattern CONFIG_KEY_PATTERN = Pattern.compile(CONFIG_KEY);
    private static final Pattern REASON_PATTERN = Pattern.compile(REASON);
    private static final Pattern IDENTIFIER_PATTERN = Pattern.compile(IDENTIFIER);
    private static final Pattern PORT_NAME_CHARS = Pattern.compile("[-a-z0-9]+");
    private static final Pattern PORT_NAME_LETTER = Pattern.compile("[a-z]");

    private ObjectNames() {}

    /** DNS-1123 label: names of namespaces, containers, volumes. */
    public static List<String> dns1123Label(String value) {
        List<String> wrong = new ArrayList<>();
        if (value.length() > 63) {
            wrong.add(tooLong(63));
        }
        if (!LABEL_1123_PATTERN.matcher(value).matches()) {
            if (SUBDOMAIN_PATTERN.matcher(value).matches()) {
                wrong.add("must not contain dots");
            } else {
                wrong.add(regexMessage(
                        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start"
                                + " and end with an alphanumeric character",
                        LABEL_1123,
                        "my-name",
                        "123-abc"));
            }
        }
        return wrong;
    }

    /** DNS-1123 subdomain: names of most objects. */
    public static List<String> dns1123Subdomain(String value) {
        return subdomain(value, SUBDOMAIN_PATTERN, "'-' or '.'");
    }

    /** A domain in which names are looked for: a DNS-1123 subdomain that may have underscores, as service records do. */
    public static List<String> searchDomain(String value) {
        return subdomain(value, SEARCH_DOMAIN_PATTERN, "'_', '-' or '.'");
    }

    private static List<String> subdomain(String value, Pattern form, String others) {
        List<String> wrong = new ArrayList<>();
        if (value.length() > 253) {
            wrong.add(tooLong(253));
        }
        if (!form.matcher(value).matches()) {
            wrong.add(regexMessage(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, " + others
                            + ", and must start and end with an alphanumeric character",
                    SUBDOMAIN_1123,
                    "example.com"));
        }
        return wrong;
    }

    /** DNS-1035 label: names of services. */
    public static List<String> dns1035Label(String value) {
        List<String> wrong = new ArrayList<>();
        if (value.length() > 63) {
            wrong.add(tooLong(63));
        }
        if (!LABEL_1035_PATTERN.matcher(value).matches()) {
            wrong.add(regexMessage(
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
                            + " character, and end with an alphanumeric character",
                    LABEL_1035,
                    "my-name",
                    "abc-123"));
        }
        return wrong;
    }

    /** A name that may stand as one segment of a path: names of roles and role bindings. */
    public static List<String> pathSegment(String value) {
        List<String> wrong = new ArrayList<>();
        if (value.equals(".") || value.equals("..")) {
            wrong.add("may not be '" + value + "'");
        }
        for (String part : List.of("/", "%")) {
            if (value.contains(part)) {
                wrong.add("may not contain '" + part + "'");
            }
        }
        return wrong;
    }

    /** {@code prefix/name} with the prefix, a DNS subdomain, left out or not: label keys, taint keys, resources. */
    public static List<String> qualifiedName(String value) {
        List<String> wrong = new ArrayList<>();
        String[] parts = value.split("/", -1);
        String name;
        if (parts.length == 1) {
            name = parts[0];
        } else if (parts.length == 2) {
            name = parts[1];
            if (parts[0].isEmpty()) {
                wrong.add("prefix part must be non-empty");
            } else {
                dns1123Subdomain(parts[0]).forEach(message -> wrong.add("prefix part " + message));
            }
        } else {
            wrong.add("a qualified name "
                    + regexMessage(
                            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                                    + " alphanumeric character",
                            QUALIFIED,
                            "MyName",
                            "my.name",
                            "123-abc")
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return wrong;
        }
        if (name.isEmpty()) {
            wrong.add("name part must be non-empty");
        } else if (name.length() > 63) {
            wrong.add("name part " + tooLong(63));
        }
        if (!QUALIFIED_PATTERN.matcher(name).matches()) {
            wrong.add("name part "
                    + regexMessage(
                            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                                    + " alphanumeric character",
                            QUALIFIED,
                            "MyName",
                            "my.name",
                            "123-abc"));
        }
        return wrong;
    }

    public static List<String> labelKey(String value) {
        return qualifiedName(value);
    }

    public static List<String> labelValue(String value) {
        List<String> wrong = new ArrayList<>();
        if (value.length() > 63) {
            wrong.add(tooLong(63));
        }
        if (!LABEL_VALUE_PATTERN.matcher(value).matches()) {
            wrong.add(regexMessage(
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
                            + " start and end with an alphanumeric character",
                    LABEL_VALUE,
                    "MyValue",
                    "my_value",
                    "12345"));
        }
        return wrong;
    }

    /** Annotation keys may hold capitals in their prefix, so the check is made on the lower-case form. */
    public static List<String> annotationKey(String value) {
        return qualifiedName(value.toLowerCase(Locale.ROOT));
    }

    /** Names of environment variables: printable ASCII without {@code =} (relaxed since 1.30). */
    public static List<String> envVarName(String value) {
        List<String> wrong = new ArrayList<>();
        if (value.isEmpty()) {
            wrong.add("environment variable name must be non-empty");
        } else if (!ENV_NAME_PATTERN.matcher(value).matches()) {
            wrong.add(
                    "a valid environment variable name must consist only of printable ASCII characters other than '='");
        }
        return wrong;
    }

    /** Keys of ConfigMaps and Secrets. */
    public static List<String> configMapKey(String value) {
        List<String> wrong = new ArrayList<>();
        if (value.length() > 253) {
            wrong.add(tooLong(253));
        }
        if (!CONFIG_KEY_PATTERN.matcher(value).matches()) {
            wrong.add(regexMessage(
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                    CONFIG_KEY,
                    "key.name",
                    "KEY_NAME",
                    "key-name"));
        }
        if (value.equals(".")) {
            wrong.add("must not be '.'");
        } else if (value.equals("..")) {
            wrong.add("must not be '..'");
        } else if (value.startsWith("..")) {
            wrong.add("must not start with '..'");
        }
        return wrong;
    }

    /** Names of container ports (IANA_SVC_NAME). */
    public static List<String> portName(String value) {
        List<String> wrong = new ArrayList<>();
        if (value.length() > 15) {
            wrong.add(tooLong(15));
        }
        if (!PORT_NAME_CHARS.matcher(value).matches()) {
            wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (!PORT_NAME_LETTER.matcher(value).find()) {
            wrong.add("must contain at least one letter (a-z)");
        }
        if (value.contains("--")) {
            wrong.add("must not contain consecutive hyphens");
        }
        if (!value.isEmpty() && (value.charAt(0) == '-' || value.charAt(value.length() - 1) == '-')) {
            wrong.add("must not begin or end with a hyphen");
        }
        return wrong;
    }

    public static List<String> portNumber(long value) {
        return value >= 1 && value <= 65535 ? List.of() : List.of("must be between 1 and 65535, inclusive");
    }

    /** Reasons of conditions. */
    public static List<String> conditionReason(String value) {
        return REASON_PATTERN.matcher(value).matches()
                ? List.of()
                : List.of(regexMessage(
                        "a condition reason must start with alphabetic character, optionally followed by a string of"
                                + " alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
                        REASON,
                        "my_name",
                        "MY_NAME",
                        "MyName",
                        "ReasonA,ReasonB",
                        "ReasonA:ReasonB"));
    }

    /** An identifier of the language C, in which the keys of devices' attributes are written. */
    public static List<String> cIdentifier(String value) {
        return IDENTIFIER_PATTERN.matcher(value).matches()
                ? List.of()
                : List.of(regexMessage(
                        "a valid C identifier must start with alphabetic character or '_', followed by a string of"
                                + " alphanumeric characters or '_'",
                        IDENTIFIER,
                        "my_name",
                        "MY_NAME",
                        "MyName"));
    }

    private static String tooLong(int limit) {
        return "must be no more than " + limit + " bytes";
    }

    private static String regexMessage(String message, String regex, String... examples) {
        StringBuilder text = new StringBuilder(message).append(" (e.g. ");
        for (int i = 0; i < examples.length; i++) {
            // The two spaces are upstream's.
            text.append(i > 0 ? " or " : "").append('\'').append(examples[i]).append("', ");
        }
        return text.append("regex used for validation is '")
                .append(regex)
                .append("')")
                .toString();
    }
}
