package io.kvorum.api.address;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses that was written in any way upstream ever took: {@code 10.9.8.0/24}.
 *
 * @param address before the slash
 * @param bits after the slash
 * @param padded whether a number has zeros in front
 */
public record CidrText(IpText address, int bits, boolean padded) {
    private static final Pattern BITS = Pattern.compile("[0-9]{1,6}");

    /** The block; null where the text is none. */
    public static @Nullable CidrText parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !BITS.matcher(text.substring(slash + 1)).matches()) {
            return null;
        }
        IpText address = IpText.parse(text.substring(0, slash));
        String digits = text.substring(slash + 1);
        int bits = Integer.parseInt(digits);
        if (address == null || bits > address.bits()) {
            return null;
        }
        return new CidrText(address, bits, address.isPadded() || (digits.length() > 1 && digits.startsWith("0")));
    }

    /** Whether an address of the same family is in the block. */
    public boolean contains(IpText other) {
        return other.isFour() == address.isFour() && other.masked(bits).sameAddress(address.masked(bits));
    }

    /** Whether the address has bits beyond the block's, so that it is one of a host. */
    public boolean hasHostBits() {
        return !address.sameAddress(address.masked(bits));
    }

    /** The block as Go writes it. */
    public String network() {
        return address.masked(bits) + "/" + writtenBits();
    }

    /** The address with the length of its block, as Go writes both. */
    public String inBlock() {
        return address + "/" + writtenBits();
    }

    /** The block that holds the address only. */
    public String single() {
        return address + "/" + address.bits();
    }

    private int writtenBits() {
        return address.isMapped() && bits >= 96 ? bits - 96 : bits;
    }
}
