package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.IntOrString;

/** What a number means that may be given as a percentage of a total. */
public final class Share {
    private Share() {}

    /**
     * @param roundUp whether a broken result rounds up, as for surge, or down, as for unavailability
     * @throws IllegalArgumentException when it is a string and no percentage
     */
    public static int of(IntOrString value, int total, boolean roundUp) {
        if (value.getIntVal() != null) {
            return value.getIntVal();
        }
        String text = value.getStrVal() == null ? "" : value.getStrVal();
        var share = io.kvorum.api.IntOrString.of(text);
        if (!share.isPercent()) {
            throw new IllegalArgumentException(
                    "invalid value for IntOrString: invalid type: string is not a percentage: " + text);
        }
        return share.scaled(total, roundUp);
    }
}
