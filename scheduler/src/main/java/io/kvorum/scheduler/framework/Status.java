package io.kvorum.scheduler.framework;

import java.util.List;

/** A plugin's answer: a code, and reasons for people, in Kubernetes' own words. */
public record Status(Code code, List<String> reasons) {
    public static final Status SUCCESS = new Status(Code.SUCCESS, List.of());
    public static final Status SKIP = new Status(Code.SKIP, List.of());

    public static Status unschedulable(String... reasons) {
        return new Status(Code.UNSCHEDULABLE, List.of(reasons));
    }

    public static Status unresolvable(String... reasons) {
        return new Status(Code.UNSCHEDULABLE_AND_UNRESOLVABLE, List.of(reasons));
    }

    public boolean success() {
        return code == Code.SUCCESS;
    }

    public boolean skip() {
        return code == Code.SKIP;
    }
}
