package io.kvorum.scheduler.framework;

import java.util.Map;

/** Looks for a way to make room for a pod that no node takes. Decides only; the scheduler acts on it. */
public interface PostFilterPlugin extends Plugin {
    /** @param rejections why each node refused; nodes that are missing were not worth a look */
    Preemption postFilter(FilterCycle cycle, Map<String, Rejection> rejections);
}
