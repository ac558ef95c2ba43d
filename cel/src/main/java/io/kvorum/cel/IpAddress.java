package io.kvorum.cel;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/** An IPv4 or IPv6 address; never a name, and never looked up. */
record IpAddress(InetAddress address) {
    private static final Pattern FOUR =
            Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern SIX = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:]*");

    static boolean isValid(String text) {
        if (FOUR.matcher(text).matches()) {
            return true;
        }
        try {
            // With a colon and hexadecimal digits only it is a literal, which is parsed and not resolved.
            return SIX.matcher(text).matches() && !(InetAddress.getByName(text) instanceof Inet4Address);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    static IpAddress parse(String text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException("IP Address '" + text + "' parse error during conversion from string");
        }
        try {
            return new IpAddress(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    int family() {
        return address instanceof Inet4Address ? 4 : 6;
    }

    int bits() {
        return family() == 4 ? 32 : 128;
    }

    BigInteger number() {
        return new BigInteger(1, address.getAddress());
    }

    boolean isUnspecified() {
        return address.isAnyLocalAddress();
    }

    boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    boolean isLinkLocalMulticast() {
        return family() == 4 ? number().shiftRight(8).intValue() == 0xE00000 : address.isMCLinkLocal();
    }

    boolean isLinkLocalUnicast() {
        return address.isLinkLocalAddress();
    }

    boolean isGlobalUnicast() {
        boolean broadcast = family() == 4 && number().bitCount() == 32;
        return !broadcast
                && !isUnspecified()
                && !isLoopback()
                && !address.isMulticastAddress()
                && !isLinkLocalUnicast();
    }

    /** As RFC 5952 writes it. */
    @Override
    public String toString() {
        if (family() == 4) {
            return address.getHostAddress();
        }
        String[] groups = address.getHostAddress().split(":", -1);
        int bestAt = -1;
        int bestLength = 1;
        for (int at = 0; at < groups.length; at++) {
            int end = at;
            while (end < groups.length && groups[end].equals("0")) {
                end++;
            }
            if (end - at > bestLength) {
                bestAt = at;
                bestLength = end - at;
            }
        }
        String whole = String.join(":", groups);
        if (bestAt < 0) {
            return whole;
        }
        String before = String.join(":", List.of(groups).subList(0, bestAt));
        String after = String.join(":", List.of(groups).subList(bestAt + bestLength, groups.length));
        return before + "::" + after;
    }
}
