package io.kvorum.apiserver.request;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What those who handle a request note down beside its answer. Belongs to the event loop. */
public final class Notes {
    /** Each once: a write that was tried again is admitted again. */
    private final Set<String> warnings = new LinkedHashSet<>();

    private final Map<String, String> annotations = new LinkedHashMap<>();
    private long nanosAside;
    private long nanosBesides;
    private boolean asksForDeprecated;

    /** The client is to be told, whatever becomes of its request. */
    public void warn(String warning) {
        warnings.add(warning);
    }

    public List<String> warnings() {
        return new ArrayList<>(warnings);
    }

    /** The audit log is to tell; what was said first of a key stands. */
    public void annotate(String key, String value) {
        annotations.putIfAbsent(key, value);
    }

    /** What was asked for is deprecated. */
    public void deprecated() {
        asksForDeprecated = true;
        annotate("k8s.io/deprecated", "true");
    }

    public boolean asksForDeprecated() {
        return asksForDeprecated;
    }

    /** Time that the request did not take by itself: it waited for its turn, or for a webhook. */
    public void aside(long nanos) {
        nanosAside += nanos;
    }

    /** The same of something that is done together with others: of those the longest counts. */
    public void besides(long nanos) {
        nanosBesides = Math.max(nanosBesides, nanos);
    }

    public long nanosAside() {
        return nanosAside + nanosBesides;
    }

    public Map<String, String> annotations() {
        return new LinkedHashMap<>(annotations);
    }
}
