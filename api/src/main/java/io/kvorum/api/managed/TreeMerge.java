package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts an applied value over a live one: leaves are replaced, maps and lists with keys are merged. The result shares
 * nodes with both; neither is changed.
 */
final class TreeMerge {
    private TreeMerge() {}

    static @Nullable JsonNode merge(FieldType type, @Nullable JsonNode live, @Nullable JsonNode applied)
            throws ListItems.UnidentifiableException {
        if (applied == null || live == null) {
            return applied == null ? live : applied;
        }
        FieldType.Form form = Values.form(type, applied);
        boolean leaf = form == FieldType.Form.SCALAR
                || (Values.hollow(live) && Values.hollow(applied))
                || (form == FieldType.Form.MAP ? type.atomicMap() : !ListItems.associative(type));
        if (leaf || Values.form(type, live) != form) {
            return applied;
        }
        return form == FieldType.Form.MAP ? fields(type, live, applied) : items(type, live, applied);
    }

    private static @Nullable JsonNode fields(FieldType type, JsonNode live, JsonNode applied)
            throws ListItems.UnidentifiableException {
        ObjectNode merged = Tree.newObject();
        boolean deduced = type.form() == FieldType.Form.DEDUCED;
        for (Map.Entry<String, JsonNode> entry : live.properties()) {
            FieldType field = deduced ? type : type.fieldOrDeduced(entry.getKey());
            JsonNode value = merge(field, entry.getValue(), applied.get(entry.getKey()));
            if (value != null) {
                merged.set(entry.getKey(), value);
            }
        }
        for (Map.Entry<String, JsonNode> entry : applied.properties()) {
            if (!live.has(entry.getKey())) {
                merged.set(entry.getKey(), entry.getValue());
            }
        }
        return merged.isEmpty() ? null : merged;
    }

    /**
     * The order of the applied list counts for the items it names; items only the live one has stay in front of the
     * item they stood in front of.
     */
    private static @Nullable JsonNode items(FieldType type, JsonNode live, JsonNode applied)
            throws ListItems.UnidentifiableException {
        Map<String, List<JsonNode>> wanted = ListItems.index(type, applied);
        Map<String, List<JsonNode>> present = ListItems.index(type, live);
        List<String> liveOrder = new ArrayList<>();
        for (JsonNode item : live) {
            liveOrder.add(ListItems.element(type, item));
        }
        List<String> appliedOrder = new ArrayList<>(wanted.keySet());
        List<String> shared = new ArrayList<>(appliedOrder);
        shared.retainAll(present.keySet());

        ArrayNode merged = Tree.newArray();
        Set<String> done = new HashSet<>();
        FieldType element = type.elementOrDeduced();
        int nextShared = 0;
        int at = 0;
        int to = 0;
        while (at < liveOrder.size() || to < appliedOrder.size()) {
            String mine = at < liveOrder.size() ? liveOrder.get(at) : null;
            String theirs = to < appliedOrder.size() ? appliedOrder.get(to) : null;
            if (mine != null && theirs != null && !mine.equals(theirs)) {
                boolean otherShared = wanted.containsKey(mine)
                        && nextShared < shared.size()
                        && !shared.get(nextShared).equals(mine);
                if (otherShared) {
                    at++; // comes when the applied order says so
                    continue;
                }
            }
            if (mine != null && !mine.equals(theirs)) {
                if (!wanted.containsKey(mine)) {
                    merged.add(live.get(at++));
                    continue;
                }
                if (done.contains(mine)) {
                    at++;
                    continue;
                }
            }
            if (theirs == null) {
                at++;
                continue;
            }
            List<JsonNode> old = present.getOrDefault(theirs, List.of());
            // Items that came twice are replaced, not merged.
            JsonNode before = old.size() == 1 ? old.get(0) : null;
            JsonNode item = merge(
                    element, before, wanted.getOrDefault(theirs, List.of()).get(0));
            if (item != null) {
                merged.add(item);
            }
            done.add(theirs);
            if (theirs.equals(mine)) {
                at++;
            }
            if (nextShared < shared.size() && shared.get(nextShared).equals(theirs)) {
                nextShared++;
            }
            to++;
        }
        return merged.isEmpty() ? null : merged;
    }
}
