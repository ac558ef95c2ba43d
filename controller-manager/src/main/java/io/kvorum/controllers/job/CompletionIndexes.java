package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The completion indexes of an Indexed Job, written as in {@code status.completedIndexes}: {@code 1,3-5,7}. */
final class CompletionIndexes {
    static final String ANNOTATION = "batch.kubernetes.io/job-completion-index";
    static final int NONE = -1;

    private CompletionIndexes() {}

    /** The index of a pod; {@link #NONE} when it has none. */
    static int of(Pod pod) {
        @Nullable Map<String, String> annotations = pod.getMetadata().getAnnotations();
        @Nullable String text = annotations == null ? null : annotations.get(ANNOTATION);
        return text != null && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : NONE;
    }

    /** Parses; indexes from {@code completions} on are left out, a Job may have shrunk. */
    static SortedSet<Integer> parse(@Nullable String text, int completions) {
        SortedSet<Integer> indexes = new TreeSet<>();
        if (text == null || text.isEmpty()) {
            return indexes;
        }
        for (String interval : text.split(",")) {
            int dash = interval.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? interval : interval.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(interval.substring(dash + 1));
            for (int i = first; i <= last && i < completions; i++) {
                indexes.add(i);
            }
        }
        return indexes;
    }

    static String format(SortedSet<Integer> indexes) {
        StringBuilder text = new StringBuilder();
        int first = NONE;
        int last = NONE;
        for (int each : indexes) {
            if (first >= 0 && each == last + 1) {
                last = each;
                continue;
            }
            append(text, first, last);
            first = each;
            last = each;
        }
        append(text, first, last);
        return text.toString();
    }

    private static void append(StringBuilder text, int first, int last) {
        if (first < 0) {
            return;
        }
        text.append(text.length() == 0 ? "" : ",").append(first);
        if (last > first) {
            // Two neighbours are written one by one, as Kubernetes does.
            text.append(last == first + 1 ? "," : "-").append(last);
        }
    }
}
