package io.kvorum.kubelet.pods;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a node's pod range, given out in turn, so that a freed one is not used again at once. The first one
 * and the last one are never given. Belongs to one context.
 */
public final class PodIps {
    private final long first;
    private final int size;
    private final Set<String> used = new HashSet<>();
    private int next = 2;

    /** @param cidr for example {@code 127.7.64.0/24}; errors: IllegalArgumentException */
    public PodIps(String cidr) {
        String[] parts = cidr.split("/", -1);
        String[] bytes = parts[0].split("\\.", -1);
        if (parts.length != 2 || bytes.length != 4) {
            throw new IllegalArgumentException("not an IPv4 range: " + cidr);
        }
        long address = 0;
        for (String part : bytes) {
            int value = Integer.parseInt(part);
            if (value < 0 || value > 255) {
                throw new IllegalArgumentException("not an IPv4 range: " + cidr);
            }
            address = address << 8 | value;
        }
        int prefix = Integer.parseInt(parts[1]);
        if (prefix < 8 || prefix > 30) {
            throw new IllegalArgumentException("the prefix of a pod range must be 8 to 30: " + cidr);
        }
        this.size = 1 << 32 - prefix;
        this.first = address & -(1L << 32 - prefix);
    }

    /** Null when all are in use. */
    @Nullable
    String take() {
        for (int tries = 0; tries < size; tries++) {
            int candidate = next;
            next = next + 1 >= size - 1 ? 2 : next + 1;
            String ip = text(first + candidate);
            if (candidate < size - 1 && used.add(ip)) {
                return ip;
            }
        }
        return null;
    }

    /** Keeps an address that a pod already has. */
    void reserve(String ip) {
        used.add(ip);
    }

    void free(String ip) {
        used.remove(ip);
    }

    private static String text(long address) {
        return (address >> 24 & 255) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }
}
