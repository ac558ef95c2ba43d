package io.kvorum.apiserver.proxy;

import org.jspecify.annotations.Nullable;

/**
 * The name in the path of a proxied request: {@code name}, {@code name:port}, {@code scheme:name:} or {@code
 * scheme:name:port}.
 *
 * @param scheme {@code http}, {@code https} or empty
 * @param port a number, the name of a port, or empty
 */
record SchemeNamePort(String scheme, String name, String port) {
    /** Null when the text has none of the forms. */
    static @Nullable SchemeNamePort parse(String text) {
        String[] parts = text.split(":", -1);
        SchemeNamePort parsed = switch (parts.length) {
            case 1 -> new SchemeNamePort("", parts[0], "");
            case 2 -> new SchemeNamePort("", parts[0], parts[1]);
            case 3 -> new SchemeNamePort(parts[0], parts[1], parts[2]);
            default -> null;
        };
        if (parsed == null || parsed.name.isEmpty()) {
            return null;
        }
        boolean known = parts.length < 3 || parsed.scheme.equals("http") || parsed.scheme.equals("https");
        boolean portMissing = parts.length == 2 && parsed.port.isEmpty();
        return known && !portMissing && portIsSane(parsed.port) ? parsed : null;
    }

    /** Empty, a number in range, or a name. */
    private static boolean portIsSane(String port) {
        if (port.matches("[0-9]+")) {
            return port.length() <= 5 && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65535;
        }
        return port.isEmpty() || port.matches("[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?");
    }
}
