package io.kvorum.api.managed;

import java.util.ArrayList;
import java.util.List;

/** Which fields writes of one kind can change; the others stay as they were and keep their owners, whatever a write says. */
@FunctionalInterface
public interface WriteScope {
    /** In the paths of {@link #only}: any item of a list or map. */
    String ANY = "*";

    /** Everything. */
    WriteScope ALL = fields -> fields;

    /** The part of a set that such a write changes. */
    FieldSet keep(FieldSet fields);

    /** Everything but what is at and below the paths of field names: the status beside its subresource. */
    static WriteScope except(List<List<String>> paths) {
        FieldSet ignored = FieldSet.ofFields(paths);
        return ignored.isEmpty() ? ALL : fields -> fields.recursiveDifference(ignored);
    }

    /** What is at and below the paths of field names, in which {@link #ANY} may stand, and what leads to them. */
    static WriteScope only(List<List<String>> paths) {
        return fields -> below(fields, paths);
    }

    private static FieldSet below(FieldSet set, List<List<String>> paths) {
        FieldSet kept = FieldSet.draft();
        set.children().forEach((element, child) -> {
            List<List<String>> rests = new ArrayList<>();
            for (List<String> path : paths) {
                String step = path.get(0);
                if (step.equals(ANY) || element.equals(PathElement.field(step))) {
                    rests.add(path.subList(1, path.size()));
                }
            }
            if (rests.stream().anyMatch(List::isEmpty)) {
                kept.put(element, child);
            } else if (!rests.isEmpty()) {
                FieldSet inner = below(child, rests);
                if (child.includesSelf()) {
                    inner.insertSelf();
                }
                kept.put(element, inner);
            }
        });
        return kept;
    }
}
