package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of places in an object, as a tree of path elements. Operations make new sets and share what did not change; a
 * set is not changed once it is made.
 */
public final class FieldSet {
    private static final FieldSet EMPTY = new FieldSet();

    /** Whether the place this node stands for is in the set. */
    private boolean member;

    private final TreeMap<String, FieldSet> children;

    private FieldSet() {
        this(false, new TreeMap<>());
    }

    private FieldSet(boolean member, TreeMap<String, FieldSet> children) {
        this.member = member;
        this.children = children;
    }

    public static FieldSet empty() {
        return EMPTY;
    }

    /** The set of some paths of field names, each from the root: {@code [["metadata", "name"], ["spec"]]}. */
    public static FieldSet ofFields(Collection<List<String>> paths) {
        FieldSet set = draft();
        for (List<String> path : paths) {
            List<String> elements = new ArrayList<>();
            path.forEach(name -> elements.add(PathElement.field(name)));
            set.insert(elements);
        }
        return set;
    }

    /** A set that is being made: insert, then leave it as it is. */
    static FieldSet draft() {
        return new FieldSet();
    }

    void insert(Iterable<String> path) {
        FieldSet node = this;
        for (String element : path) {
            node = node.children.computeIfAbsent(element, any -> new FieldSet());
        }
        node.member = true;
    }

    /** Includes the place of this node itself. */
    void insertSelf() {
        member = true;
    }

    /** Puts a set below an element, unless it is empty. */
    void put(String element, FieldSet child) {
        if (!child.isEmpty()) {
            children.put(element, child);
        }
    }

    public boolean isEmpty() {
        return !member && children.isEmpty();
    }

    boolean includesSelf() {
        return member;
    }

    /** What the set holds at and below an element; null for nothing. */
    @Nullable
    FieldSet below(String element) {
        return children.get(element);
    }

    Map<String, FieldSet> children() {
        return children;
    }

    /** Whether the place at the path of elements itself is in the set. */
    boolean has(Iterable<String> path) {
        FieldSet node = this;
        for (String element : path) {
            node = node.children.get(element);
            if (node == null) {
                return false;
            }
        }
        return node.member;
    }

    public FieldSet union(FieldSet other) {
        if (isEmpty() || this == other) {
            return other;
        }
        if (other.isEmpty()) {
            return this;
        }
        TreeMap<String, FieldSet> all = new TreeMap<>(children);
        other.children.forEach((element, child) -> all.merge(element, child, FieldSet::union));
        return new FieldSet(member || other.member, all);
    }

    /** The places that are not in {@code other}; a place is not its children. */
    public FieldSet difference(FieldSet other) {
        if (isEmpty() || other.isEmpty()) {
            return this;
        }
        FieldSet left = new FieldSet();
        left.member = member && !other.member;
        children.forEach((element, child) -> {
            FieldSet taken = other.children.get(element);
            left.put(element, taken == null ? child : child.difference(taken));
        });
        return left;
    }

    /** The places that are neither in {@code other} nor below a place of it. */
    public FieldSet recursiveDifference(FieldSet other) {
        if (isEmpty() || other.isEmpty()) {
            return this;
        }
        if (other.member) {
            return EMPTY;
        }
        FieldSet left = new FieldSet();
        left.member = member;
        children.forEach((element, child) -> {
            FieldSet taken = other.children.get(element);
            left.put(element, taken == null ? child : child.recursiveDifference(taken));
        });
        return left;
    }

    public FieldSet intersection(FieldSet other) {
        FieldSet common = new FieldSet();
        common.member = member && other.member;
        children.forEach((element, child) -> {
            FieldSet others = other.children.get(element);
            if (others != null) {
                common.put(element, child.intersection(others));
            }
        });
        return common;
    }

    /** With every named field that leads to a member a member as well, as far as the type declares it. */
    FieldSet withNamedFields(FieldType type) {
        FieldSet all = new FieldSet(member, new TreeMap<>());
        children.forEach((element, child) -> {
            String name = PathElement.fieldName(element);
            FieldType declared = name == null ? null : type.field(name);
            FieldSet below = child.withNamedFields(
                    declared != null
                            ? declared
                            : type.form() == FieldType.Form.DEDUCED ? type : type.elementOrDeduced());
            if (declared != null && !below.member) {
                below = new FieldSet(true, below.children);
            }
            all.children.put(element, below);
        });
        return all;
    }

    /** Every place of the set, parents first. */
    void forEach(Consumer<List<String>> visitor) {
        forEach(new ArrayList<>(), visitor);
    }

    private void forEach(List<String> path, Consumer<List<String>> visitor) {
        if (member) {
            visitor.accept(List.copyOf(path));
        }
        children.forEach((element, child) -> {
            path.add(element);
            child.forEach(path, visitor);
            path.remove(path.size() - 1);
        });
    }

    /** FieldsV1: {@code {"f:spec":{"f:replicas":{}}}}. */
    public ObjectNode encode() {
        ObjectNode object = Tree.newObject();
        if (member) {
            object.putObject(PathElement.SELF);
        }
        encodeChildren(object);
        return object;
    }

    private void encodeChildren(ObjectNode object) {
        children.forEach((element, child) -> {
            ObjectNode below = object.putObject(element);
            if (child.member && !child.children.isEmpty()) {
                below.putObject(PathElement.SELF);
            }
            child.encodeChildren(below);
        });
    }

    /** @throws IllegalArgumentException when it is not FieldsV1 */
    public static FieldSet decode(JsonNode fields) {
        FieldSet set = new FieldSet();
        decodeInto(set, fields);
        return set;
    }

    private static void decodeInto(FieldSet set, JsonNode fields) {
        if (!fields.isObject()) {
            throw new IllegalArgumentException("an object of fields expected");
        }
        for (Map.Entry<String, JsonNode> entry : fields.properties()) {
            if (entry.getKey().equals(PathElement.SELF)) {
                set.member = true;
                continue;
            }
            String element = PathElement.normal(entry.getKey());
            if (element == null) {
                continue; // a kind of element that a newer server knows
            }
            FieldSet child = new FieldSet();
            decodeInto(child, entry.getValue());
            if (child.isEmpty()) {
                child.member = true;
            }
            set.children.merge(element, child, FieldSet::union);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldSet set && member == set.member && children.equals(set.children);
    }

    @Override
    public int hashCode() {
        return children.hashCode() * 2 + (member ? 1 : 0);
    }

    @Override
    public String toString() {
        return encode().toString();
    }
}
