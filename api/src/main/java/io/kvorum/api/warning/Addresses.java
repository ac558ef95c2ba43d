package io.kvorum.api.warning;

import io.kvorum.api.GoText;
import io.kvorum.api.address.CidrText;
import io.kvorum.api.address.IpText;
import io.kvorum.api.validation.FieldPath;

/** Addresses and blocks that are written as no other program would write them. */
final class Addresses {
    private Addresses() {}

    static void ip(String text, FieldPath path, WarningList warnings) {
        IpText address = IpText.parse(text);
        if (address == null) {
            return;
        }
        if (address.isPadded() || address.isMapped()) {
            warnings.add(
                    path,
                    "non-standard IP address " + GoText.quoted(text)
                            + " will be considered invalid in a future Kubernetes release: use "
                            + GoText.quoted(address.toString()));
        } else if (!address.isFour() && !address.toString().equals(text)) {
            warnings.add(
                    path,
                    "IPv6 address " + GoText.quoted(text) + " should be in RFC 5952 canonical format ("
                            + GoText.quoted(address.toString()) + ")");
        }
    }

    static void block(String text, FieldPath path, WarningList warnings) {
        CidrText block = CidrText.parse(text);
        if (block == null) {
            return;
        }
        boolean ambiguous = block.hasHostBits();
        if (ambiguous) {
            warnings.add(
                    path,
                    "CIDR value " + GoText.quoted(text) + " is ambiguous in this context (should be "
                            + GoText.quoted(block.network()) + " or " + GoText.quoted(block.single()) + "?)");
        }
        if (block.padded() || block.address().isMapped()) {
            warnings.add(
                    path,
                    "non-standard CIDR value " + GoText.quoted(text)
                            + " will be considered invalid in a future Kubernetes release: use "
                            + GoText.quoted(block.network()));
        } else if (!ambiguous && !block.address().isFour() && !block.inBlock().equals(text)) {
            warnings.add(
                    path,
                    "IPv6 CIDR value " + GoText.quoted(text) + " should be in RFC 5952 canonical format ("
                            + GoText.quoted(block.inBlock()) + ")");
        }
    }
}
