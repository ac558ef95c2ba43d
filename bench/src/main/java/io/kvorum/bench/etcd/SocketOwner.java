package io.kvorum.bench.etcd;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Which process a local TCP port belongs to, as Linux tells it under {@code /proc} (proc(5), {@code /proc/net/tcp}). */
final class SocketOwner {
    private static final int LOCAL_ADDRESS = 1;
    private static final int INODE = 9;

    private SocketOwner() {}

    /**
     * @param end an IPv4 end of a connection of this machine
     * @param candidates processes that are looked at
     * @return the process that holds it open; empty when it is none of them
     */
    static Optional<Long> find(InetSocketAddress end, Collection<Long> candidates) throws IOException {
        Optional<String> inode = inode(sockets(), end);
        if (inode.isEmpty()) {
            return Optional.empty();
        }
        String link = "socket:[" + inode.get() + "]";
        for (long pid : candidates) {
            if (holds(pid, link)) {
                return Optional.of(pid);
            }
        }
        return Optional.empty();
    }

    /** The sockets of IPv4, and those of IPv6, which may be connected by IPv4 too. */
    private static List<String> sockets() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
        Path six = Path.of("/proc/net/tcp6");
        if (Files.exists(six)) {
            lines.addAll(Files.readAllLines(six));
        }
        return lines;
    }

    /** The inode of the socket with this local end, in lines of {@code /proc/net/tcp} and {@code tcp6}. */
    static Optional<String> inode(List<String> lines, InetSocketAddress end) {
        List<String> local = List.of(hex(end), mappedPrefix() + hex(end));
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > INODE && local.contains(fields[LOCAL_ADDRESS]))
                .map(fields -> fields[INODE])
                .filter(inode -> !inode.equals("0"))
                .findFirst();
    }

    /** As the kernel writes it: the address as one number in the machine's byte order, then the port. */
    private static String hex(InetSocketAddress end) {
        if (!(end.getAddress() instanceof Inet4Address address)) {
            throw new IllegalArgumentException(end + " is not IPv4");
        }
        int number = ByteBuffer.wrap(address.getAddress())
                .order(ByteOrder.nativeOrder())
                .getInt();
        return String.format(Locale.ROOT, "%08X:%04X", number, end.getPort());
    }

    /** How an IPv4 address begins as an IPv6 one, {@code ::ffff:}, in three numbers of the machine's byte order. */
    private static String mappedPrefix() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? "0000000000000000FFFF0000"
                : "00000000000000000000FFFF";
    }

    private static boolean holds(long pid, String link) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path file : files.toList()) {
                if (target(file).equals(link)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            // The process is gone.
            return false;
        }
    }

    private static String target(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
