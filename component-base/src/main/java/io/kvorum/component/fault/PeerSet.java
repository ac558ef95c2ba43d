package io.kvorum.component.fault;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Peers by address: single ones, IPv4 ranges ({@code 127.1.64.0/24}), or all ({@code *}). */
final class PeerSet {
    private static final String ANY = "*";
    private static final int ADDRESS_BITS = 32;

    private record Range(int base, int mask) {
        boolean contains(int address) {
            return (address & mask) == base;
        }
    }

    private final Set<String> single = new HashSet<>();
    private final List<Range> ranges = new ArrayList<>();
    private final boolean any;

    /** Errors: {@link IllegalArgumentException} when a range is none. */
    PeerSet(Set<String> peers) {
        any = peers.contains(ANY);
        for (String peer : peers) {
            int slash = peer.indexOf('/');
            if (slash < 0) {
                single.add(peer);
            } else {
                ranges.add(range(peer, slash));
            }
        }
    }

    private static Range range(String text, int slash) {
        int bits;
        try {
            bits = Integer.parseInt(text.substring(slash + 1));
        } catch (NumberFormatException e) {
            bits = -1;
        }
        if (bits < 0 || bits > ADDRESS_BITS || !isIpv4(text.substring(0, slash))) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a range of IPv4 addresses such as 127.1.64.0/24");
        }
        int mask = bits == 0 ? 0 : -1 << (ADDRESS_BITS - bits);
        return new Range(ipv4(text.substring(0, slash)) & mask, mask);
    }

    private static boolean isIpv4(String text) {
        return text.matches("(?:\\d{1,3}\\.){3}\\d{1,3}");
    }

    private static int ipv4(String text) {
        int address = 0;
        for (String part : text.split("\\.")) {
            address = address << 8 | Integer.parseInt(part) & 0xff;
        }
        return address;
    }

    boolean contains(String peer) {
        if (any || single.contains(peer)) {
            return true;
        }
        if (ranges.isEmpty() || !isIpv4(peer)) {
            return false;
        }
        int address = ipv4(peer);
        return ranges.stream().anyMatch(range -> range.contains(address));
    }
}
