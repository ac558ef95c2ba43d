package io.kvorum.api.managed;

import io.kvorum.api.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A field that somebody else manages and an apply would change. */
record FieldConflict(FieldOwner owner, List<String> path) {
    /** The refusal of an apply; one cause per field, and the message says whom it belongs to. */
    static ApiException refusal(List<FieldConflict> conflicts) {
        List<ApiException.Cause> causes = new ArrayList<>();
        for (FieldConflict conflict : conflicts) {
            causes.add(new ApiException.Cause(
                    "FieldManagerConflict",
                    "conflict with " + conflict.owner().display(),
                    PathElement.display(conflict.path())));
        }
        return new ApiException(
                409, "Conflict", message(conflicts), new ApiException.Details("", "", "", "", causes, 0));
    }

    private static String message(List<FieldConflict> conflicts) {
        if (conflicts.size() == 1) {
            FieldConflict only = conflicts.get(0);
            return "Apply failed with 1 conflict: conflict with " + only.owner().display() + ": "
                    + PathElement.display(only.path());
        }
        Map<String, List<String>> lines = new TreeMap<>();
        for (FieldConflict conflict : conflicts) {
            List<String> block = lines.computeIfAbsent(
                    conflict.owner().toString(),
                    any -> new ArrayList<>(
                            List.of("conflicts with " + conflict.owner().display() + ":")));
            block.add("- " + PathElement.display(conflict.path()));
        }
        List<String> all = new ArrayList<>();
        lines.values().forEach(all::addAll);
        return "Apply failed with " + conflicts.size() + " conflicts: " + String.join("\n", all);
    }
}
