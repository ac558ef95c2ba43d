package io.kvorum.api.validation;

import io.kvorum.api.ResourceInfo;
import io.kvorum.api.custom.RuleSet;
import java.util.List;

/**
 * What a cluster allows, what checks expressions, and in which words a request speaks.
 *
 * @param loopbackRanges CIDRs inside 127/8 whose addresses endpoints may have
 * @param rules compiles the validation rules of definitions
 * @param selectors checks the expressions that choose devices
 * @param events whether the request speaks {@code events.k8s.io}, which demands more of an Event than the core group
 * @param privileged whether containers may be privileged
 */
public record ValidationOptions(
        List<String> loopbackRanges,
        RuleSet.Compiler rules,
        SelectorCheck selectors,
        boolean events,
        boolean privileged) {
    public static final ValidationOptions DEFAULT = new ValidationOptions(List.of());

    public ValidationOptions {
        loopbackRanges = List.copyOf(loopbackRanges);
    }

    /** Of requests that speak the version that is stored. */
    public ValidationOptions(List<String> loopbackRanges, RuleSet.Compiler rules, SelectorCheck selectors) {
        this(loopbackRanges, rules, selectors, false, true);
    }

    /** Rules and selectors are not looked at. */
    public ValidationOptions(List<String> loopbackRanges) {
        this(loopbackRanges, RuleSet.Compiler.NONE, SelectorCheck.NONE);
    }

    /** The same for a request that speaks this resource, whatever is stored. */
    public ValidationOptions spoken(ResourceInfo resource) {
        boolean strict = resource.group().equals("events.k8s.io");
        return strict == events ? this : new ValidationOptions(loopbackRanges, rules, selectors, strict, privileged);
    }

    /** The same in a cluster that allows privileged containers, or does not. */
    public ValidationOptions withPrivileged(boolean allowed) {
        return allowed == privileged ? this : new ValidationOptions(loopbackRanges, rules, selectors, events, allowed);
    }
}
