package io.kvorum.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kernel's table of established TCP connections. */
final class TcpConnections {
    private static final String ESTABLISHED = "01";

    private TcpConnections() {}

    /** Port pairs of the connections between two IPv4 addresses, as {@code one's port-other's port}. */
    static Set<String> between(String one, String other) {
        String a = hex(one);
        String b = hex(other);
        // A JVM's sockets are IPv6 ones, whose mapped IPv4 address is in the last eight digits.
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(TcpConnections::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words[3].equals(ESTABLISHED))
                .filter(words -> words[1].contains(a + ":") && words[2].contains(b + ":"))
                .map(words -> port(words[1]) + "-" + port(words[2]))
                .collect(Collectors.toSet());
    }

    private static Stream<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file)).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of {@link #between} on a port at either end. */
    static Set<String> between(String one, String other, int port) {
        return between(one, other).stream()
                .filter(pair -> pair.startsWith(port + "-") || pair.endsWith("-" + port))
                .collect(Collectors.toSet());
    }

    private static int port(String hexAddress) {
        return Integer.parseInt(hexAddress.substring(hexAddress.indexOf(':') + 1), 16);
    }

    /** The kernel writes the address as a number in the machine's own byte order. */
    private static String hex(String address) {
        StringBuilder hex = new StringBuilder();
        for (String part : address.split("\\.")) {
            hex.insert(0, String.format("%02X", Integer.parseInt(part)));
        }
        return hex.toString();
    }
}
