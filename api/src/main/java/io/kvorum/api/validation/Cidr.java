package io.kvorum.api.validation;

/** IPv4 address blocks: {@code 127.7.64.0/18}. */
final class Cidr {
    private Cidr() {}

    static boolean isValid(String block) {
        int slash = block.indexOf('/');
        if (slash < 0 || !block.substring(slash + 1).matches("[0-9]{1,3}")) {
            return false;
        }
        String address = block.substring(0, slash);
        int bits = Integer.parseInt(block.substring(slash + 1));
        return (Rules.isIpv4(address) && bits <= 32) || (Rules.isIpv6(address) && bits <= 128);
    }

    static boolean contains(String block, String ipv4) {
        int slash = block.indexOf('/');
        if (!isValid(block) || !Rules.isIpv4(block.substring(0, slash))) {
            return false;
        }
        int bits = Integer.parseInt(block.substring(slash + 1));
        long mask = bits == 0 ? 0 : 0xffffffffL << (32 - bits) & 0xffffffffL;
        return (number(block.substring(0, slash)) & mask) == (number(ipv4) & mask);
    }

    private static long number(String ipv4) {
        long number = 0;
        for (String part : ipv4.split("\\.")) {
            number = number << 8 | Integer.parseInt(part);
        }
        return number;
    }
}
