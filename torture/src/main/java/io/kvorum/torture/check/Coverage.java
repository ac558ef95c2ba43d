package io.kvorum.torture.check;

import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/** What watches without filters looked at: had a key changed, there would be an event. */
final class Coverage {
    private record Part(WatchRequest request, long from, long to) {}

    private final List<Part> parts = new ArrayList<>();

    /** A stream delivered everything from {@code from} to {@code to}. */
    void add(WatchRequest request, long from, long to) {
        if (!request.noPut() && !request.noDelete() && from <= to) {
            parts.add(new Part(request, from, to));
        }
    }

    /** Whether a change of {@code key} at {@code revision} would have been seen. */
    boolean of(String key, long revision) {
        for (Part part : parts) {
            KeyRange keys = part.request.keys();
            if (part.from <= revision && revision <= part.to && keys.contains(key)) {
                return true;
            }
        }
        return false;
    }
}
