package io.kvorum.api.validation;

import java.util.List;

/**
 * What a cluster allows beyond upstream.
 *
 * @param loopbackRanges CIDRs inside 127/8 whose addresses endpoints may have
 */
public record ValidationOptions(List<String> loopbackRanges) {
    public static final ValidationOptions DEFAULT = new ValidationOptions(List.of());

    public ValidationOptions {
        loopbackRanges = List.copyOf(loopbackRanges);
    }
}
