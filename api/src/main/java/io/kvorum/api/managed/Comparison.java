package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where two values of a type differ.
 *
 * @param added places only the second has
 * @param modified places whose value differs
 * @param removed places only the first has
 */
public record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {
    /** @throws TypeMismatchException when a list has items that cannot be told apart */
    public static Comparison of(FieldType type, JsonNode before, JsonNode after) {
        Walk walk = new Walk();
        try {
            walk.compare(type, before, after);
        } catch (ListItems.UnidentifiableException e) {
            throw new TypeMismatchException(e.why());
        }
        return new Comparison(walk.added, walk.modified, walk.removed);
    }

    public boolean same() {
        return added.isEmpty() && modified.isEmpty() && removed.isEmpty();
    }

    /** What of it a write of that kind can do. */
    Comparison within(WriteScope scope) {
        return same() ? this : new Comparison(scope.keep(added), scope.keep(modified), scope.keep(removed));
    }

    private static final class Walk {
        private final FieldSet added = FieldSet.draft();
        private final FieldSet modified = FieldSet.draft();
        private final FieldSet removed = FieldSet.draft();
        private final Deque<String> path = new ArrayDeque<>();

        void compare(FieldType type, @Nullable JsonNode before, @Nullable JsonNode after)
                throws ListItems.UnidentifiableException {
            FieldType.Form first = Values.form(type, before);
            FieldType.Form second = Values.form(type, after);
            if (before != null && after != null && first != second) {
                differentForms(type, before, after);
                return;
            }
            switch (before == null ? second : first) {
                case MAP -> {
                    if (type.atomicMap() || (Values.hollow(before) && Values.hollow(after))) {
                        leaf(before, after);
                    } else {
                        fields(type, before, after);
                        appearance(before, after);
                    }
                }
                case LIST -> {
                    if (!ListItems.associative(type) || (Values.hollow(before) && Values.hollow(after))) {
                        leaf(before, after);
                    } else {
                        items(type, before, after);
                        appearance(before, after);
                    }
                }
                default -> leaf(before, after);
            }
        }

        /** A value that was an object is a scalar now, or the like: all of the one goes and all of the other comes. */
        private void differentForms(FieldType type, JsonNode before, JsonNode after)
                throws ListItems.UnidentifiableException {
            for (Map.Entry<String, JsonNode> entry : before.properties()) {
                step(PathElement.field(entry.getKey()), type, entry.getValue(), null);
            }
            for (Map.Entry<String, JsonNode> entry : after.properties()) {
                step(PathElement.field(entry.getKey()), type, null, entry.getValue());
            }
            modified.insert(path());
        }

        private void fields(FieldType type, @Nullable JsonNode before, @Nullable JsonNode after)
                throws ListItems.UnidentifiableException {
            boolean deduced = type.form() == FieldType.Form.DEDUCED;
            if (before != null) {
                for (Map.Entry<String, JsonNode> entry : before.properties()) {
                    JsonNode other = after == null ? null : after.get(entry.getKey());
                    FieldType field = deduced ? type : type.fieldOrDeduced(entry.getKey());
                    step(PathElement.field(entry.getKey()), field, entry.getValue(), other);
                }
            }
            if (after != null) {
                for (Map.Entry<String, JsonNode> entry : after.properties()) {
                    if (before == null || !before.has(entry.getKey())) {
                        FieldType field = deduced ? type : type.fieldOrDeduced(entry.getKey());
                        step(PathElement.field(entry.getKey()), field, null, entry.getValue());
                    }
                }
            }
        }

        private void items(FieldType type, @Nullable JsonNode before, @Nullable JsonNode after)
                throws ListItems.UnidentifiableException {
            Map<String, List<JsonNode>> first = ListItems.index(type, before);
            Map<String, List<JsonNode>> second = ListItems.index(type, after);
            Set<String> elements = new LinkedHashSet<>(first.keySet());
            elements.addAll(second.keySet());
            for (String element : elements) {
                List<JsonNode> old = first.getOrDefault(element, List.of());
                List<JsonNode> now = second.getOrDefault(element, List.of());
                if (old.size() <= 1 && now.size() <= 1) {
                    step(
                            element,
                            type.elementOrDeduced(),
                            old.isEmpty() ? null : old.get(0),
                            now.isEmpty() ? null : now.get(0));
                } else {
                    repeated(element, old, now);
                }
            }
        }

        /** Items that share their keys are one place. */
        private void repeated(String element, List<JsonNode> old, List<JsonNode> now) {
            boolean same = old.size() == now.size();
            for (int i = 0; same && i < old.size(); i++) {
                same = Tree.sameValue(old.get(i), now.get(i));
            }
            if (!same) {
                path.addLast(element);
                (old.isEmpty() ? added : now.isEmpty() ? removed : modified).insert(path());
                path.removeLast();
            }
        }

        private void step(String element, FieldType type, @Nullable JsonNode before, @Nullable JsonNode after)
                throws ListItems.UnidentifiableException {
            path.addLast(element);
            compare(type, before, after);
            path.removeLast();
        }

        private void leaf(@Nullable JsonNode before, @Nullable JsonNode after) {
            if (before == null || after == null) {
                appearance(before, after);
            } else if (!Tree.sameValue(before, after)) {
                modified.insert(path());
            }
        }

        private void appearance(@Nullable JsonNode before, @Nullable JsonNode after) {
            if (before == null) {
                added.insert(path());
            } else if (after == null) {
                removed.insert(path());
            }
        }

        private Iterable<String> path() {
            return path;
        }
    }
}
