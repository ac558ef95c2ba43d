package io.kvorum.cel;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses with a common prefix, {@code 10.0.0.0/8}. */
record AddressBlock(IpAddress address, int prefix) {
    static boolean isValid(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !IpAddress.isValid(text.substring(0, slash))) {
            return false;
        }
        String length = text.substring(slash + 1);
        return length.matches("0|[1-9][0-9]{0,2}")
                && Integer.parseInt(length)
                        <= IpAddress.parse(text.substring(0, slash)).bits();
    }

    static AddressBlock parse(String text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException("network address parse error during conversion from string: " + text);
        }
        int slash = text.indexOf('/');
        return new AddressBlock(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    private BigInteger network(IpAddress of) {
        return of.number().shiftRight(of.bits() - prefix);
    }

    boolean contains(IpAddress other) {
        return other.family() == address.family() && network(other).equals(network(address));
    }

    boolean contains(AddressBlock other) {
        return other.prefix >= prefix && contains(other.address);
    }

    AddressBlock masked() {
        int free = address.bits() - prefix;
        byte[] number = network(address).shiftLeft(free).toByteArray();
        byte[] bytes = new byte[address.bits() / 8];
        for (int i = 0; i < bytes.length && i < number.length; i++) {
            bytes[bytes.length - 1 - i] = number[number.length - 1 - i];
        }
        try {
            return new AddressBlock(new IpAddress(InetAddress.getByAddress(bytes)), prefix);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public String toString() {
        return address + "/" + prefix;
    }
}
