package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which processes of a pod listen where, from {@code /proc}; elsewhere nothing is known. Blocks. */
public final class PodSockets {
    private static final String LISTEN = "0A";

    private PodSockets() {}

    /** The loopback address at which a process of the pod listens on {@code port}; null when none does. */
    public static @Nullable String loopbackListener(String podUid, int port) throws IOException {
        Set<String> four = inodes(Path.of("/proc/net/tcp"), port, List.of("0100007F", "00000000"));
        Set<String> six = inodes(
                Path.of("/proc/net/tcp6"),
                port,
                List.of("00000000000000000000000001000000", "00000000000000000000000000000000"));
        if (four.isEmpty() && six.isEmpty()) {
            return null;
        }
        for (ProcFs.Marked process : ProcFs.marked(ProcessRuntime.ID_VARIABLE, podUid + "/")) {
            Set<String> held = sockets(process.pid());
            if (four.stream().anyMatch(held::contains)) {
                return "127.0.0.1";
            }
            if (six.stream().anyMatch(held::contains)) {
                return "::1";
            }
        }
        return null;
    }

    /** The inodes of the sockets that listen on {@code port} at one of these addresses. */
    private static Set<String> inodes(Path table, int port, List<String> addresses) throws IOException {
        Set<String> found = new HashSet<>();
        if (!Files.isReadable(table)) {
            return found;
        }
        String suffix = String.format(":%04X", port);
        for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
            String[] fields = line.trim().split("\\s+");
            if (fields.length > 9
                    && fields[3].equals(LISTEN)
                    && fields[1].endsWith(suffix)
                    && addresses.contains(fields[1].substring(0, fields[1].length() - suffix.length()))) {
                found.add(fields[9]);
            }
        }
        return found;
    }

    private static Set<String> sockets(long pid) {
        Set<String> found = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith("socket:[")) {
                    found.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        } catch (IOException e) {
            // It ended meanwhile, or closed a file: what was found counts.
        }
        return found;
    }
}
