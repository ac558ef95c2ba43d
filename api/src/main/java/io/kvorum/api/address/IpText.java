package io.kvorum.api.address;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An IP address that was written in any way upstream ever took. Immutable. */
public final class IpText {
    private static final Pattern OCTET = Pattern.compile("[0-9]{1,6}");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;

    private final byte[] bytes;
    private final boolean padded;

    private IpText(byte[] bytes, boolean padded) {
        this.bytes = bytes;
        this.padded = padded;
    }

    /** The address; null where the text is none. */
    public static @Nullable IpText parse(String text) {
        return text.indexOf(':') < 0 ? four(text) : six(text);
    }

    private static @Nullable IpText four(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] bytes = new byte[4];
        boolean padded = false;
        for (int i = 0; i < 4; i++) {
            if (!OCTET.matcher(parts[i]).matches() || Integer.parseInt(parts[i]) > 255) {
                return null;
            }
            padded |= parts[i].length() > 1 && parts[i].startsWith("0");
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return new IpText(bytes, padded);
    }

    private static @Nullable IpText six(String text) {
        int fold = text.indexOf("::");
        if (fold >= 0 && text.indexOf("::", fold + 1) >= 0) {
            return null;
        }
        IpText last = text.indexOf('.') < 0 ? null : four(text.substring(text.lastIndexOf(':') + 1));
        if (last == null && text.indexOf('.') >= 0) {
            return null;
        }
        String groups = last == null ? text : text.substring(0, text.lastIndexOf(':') + 1) + "0:0";
        List<Integer> before = groups(fold < 0 ? groups : groups.substring(0, fold));
        List<Integer> after = groups(fold < 0 ? "" : groups.substring(fold + 2));
        int given = before == null || after == null ? -1 : before.size() + after.size();
        if (before == null || after == null || (fold < 0 ? given != 8 : given > 7)) {
            return null;
        }
        byte[] bytes = new byte[16];
        put(before, bytes, 0);
        put(after, bytes, 8 - after.size());
        if (last != null) {
            System.arraycopy(last.bytes, 0, bytes, 12, 4);
        }
        return new IpText(bytes, last != null && last.padded);
    }

    private static @Nullable List<Integer> groups(String text) {
        List<Integer> groups = new ArrayList<>();
        for (String group : text.isEmpty() ? new String[0] : text.split(":", -1)) {
            if (!GROUP.matcher(group).matches()) {
                return null;
            }
            groups.add(Integer.parseInt(group, 16));
        }
        return groups;
    }

    private static void put(List<Integer> groups, byte[] bytes, int first) {
        for (int i = 0; i < groups.size(); i++) {
            bytes[(first + i) * 2] = (byte) (groups.get(i) >> 8);
            bytes[(first + i) * 2 + 1] = (byte) (int) groups.get(i);
        }
    }

    /** Whether it was written with dots only. */
    public boolean isFour() {
        return bytes.length == 4;
    }

    /** Whether it is an IPv4 address written as one of IPv6: {@code ::ffff:1.2.3.4}. */
    public boolean isMapped() {
        if (isFour() || bytes[10] != -1 || bytes[11] != -1) {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a number of it has zeros in front, which others read as octal. */
    public boolean isPadded() {
        return padded;
    }

    int bits() {
        return isFour() ? V4_BITS : V6_BITS;
    }

    /** The same address with all bits after the first {@code kept} cleared. */
    IpText masked(int kept) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            int keep = Math.max(0, Math.min(8, kept - i * 8));
            masked[i] &= (byte) (0xff << (8 - keep));
        }
        return new IpText(masked, false);
    }

    boolean sameAddress(IpText other) {
        return Arrays.equals(bytes, other.bytes);
    }

    /** As Go writes it: dots for IPv4, mapped or not, and the form of RFC 5952 for IPv6. */
    @Override
    public String toString() {
        if (isFour() || isMapped()) {
            int first = bytes.length - 4;
            return (bytes[first] & 0xff) + "." + (bytes[first + 1] & 0xff) + "." + (bytes[first + 2] & 0xff) + "."
                    + (bytes[first + 3] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(i + run) == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }

    private int group(int i) {
        return (bytes[i * 2] & 0xff) << 8 | (bytes[i * 2 + 1] & 0xff);
    }
}
