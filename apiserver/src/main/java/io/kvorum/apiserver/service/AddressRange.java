package io.kvorum.apiserver.service;

import java.util.Optional;

/**
 * An IPv4 network of which addresses are given out; the first (network) and the last (broadcast) are not. Nor are loopback
 * addresses that end in 255: the JDK takes each of them for a broadcast address and binds no socket to it, so no proxy could listen
 * there.
 *
 * @param text as written, {@code 10.0.0.0/24}
 * @param base the network's address as a number
 * @param size how many addresses there are between the first and the last; number {@code i} (from 0) is {@code base + 1 + i}
 */
public record AddressRange(String text, long base, long size) {
    /** The bits of 127.0.0.255, all of which the JDK's own check looks for. */
    private static final long UNBINDABLE = 0x7f0000ffL;

    /** @throws IllegalArgumentException if the text is no IPv4 CIDR with at least two usable addresses */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a CIDR: " + text);
        }
        int prefix = Integer.parseInt(text.substring(slash + 1));
        if (prefix < 8 || prefix > 30) {
            throw new IllegalArgumentException("prefix length must be 8 to 30: " + text);
        }
        long address = number(text.substring(0, slash));
        if (address < 0) {
            throw new IllegalArgumentException("not an IPv4 CIDR: " + text);
        }
        long hosts = 1L << (32 - prefix);
        return new AddressRange(text, address & -hosts & 0xffffffffL, hosts - 2);
    }

    /** Empty for what addresses cannot be given out of: another family, too large, too small. */
    static Optional<AddressRange> ifUsable(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The address number {@code index}. */
    public String address(long index) {
        long value = base + 1 + index;
        return (value >> 24 & 255) + "." + (value >> 16 & 255) + "." + (value >> 8 & 255) + "." + (value & 255);
    }

    /** The number of an address; -1 when it is not one of this range that may be given out. */
    public long index(String address) {
        long number = number(address);
        long index = number - base - 1;
        return index >= 0 && index < size && (number & UNBINDABLE) != UNBINDABLE ? index : -1;
    }

    /** The size of the lower band, which is given out last so that it stays free for addresses chosen by hand (KEP-3070). */
    public long reservedForChoice() {
        return Math.min(Math.max(16, size / 16), 256) < size ? Math.min(Math.max(16, size / 16), 256) : 0;
    }

    private static long number(String address) {
        String[] parts = address.split("\\.", -1);
        if (parts.length != 4) {
            return -1;
        }
        long number = 0;
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return -1;
            }
            int octet = Integer.parseInt(part);
            if (octet > 255) {
                return -1;
            }
            number = number << 8 | octet;
        }
        return number;
    }
}
