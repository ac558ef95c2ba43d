package io.kvorum.apiserver.crd;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order of API versions: stable before beta before alpha, higher numbers first, then all other names by letters. */
final class VersionOrder {
    static final Comparator<String> NEWEST_FIRST = VersionOrder::compare;

    private static final Pattern VERSION = Pattern.compile("v([1-9]\\d*)(?:(alpha|beta)([1-9]\\d*))?");

    private VersionOrder() {}

    private static int compare(String one, String other) {
        Matcher left = VERSION.matcher(one);
        Matcher right = VERSION.matcher(other);
        boolean leftKnown = left.matches();
        boolean rightKnown = right.matches();
        if (!leftKnown || !rightKnown) {
            return leftKnown == rightKnown ? one.compareTo(other) : leftKnown ? -1 : 1;
        }
        int stability = Integer.compare(rank(right), rank(left));
        if (stability != 0) {
            return stability;
        }
        int major = number(right, 1).compareTo(number(left, 1));
        return major != 0 ? major : number(right, 3).compareTo(number(left, 3));
    }

    private static int rank(Matcher version) {
        String stage = version.group(2);
        return stage == null ? 2 : stage.equals("beta") ? 1 : 0;
    }

    /** Zero where the version does not have the part. */
    private static BigInteger number(Matcher version, int group) {
        String digits = version.group(group);
        return digits == null ? BigInteger.ZERO : new BigInteger(digits);
    }
}
