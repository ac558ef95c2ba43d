package io.kvorum.store.mvcc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map: a height-balanced binary tree whose changes copy the path to the root and share the rest. So
 * a snapshot is a reference, and readers on other threads need no lock.
 */
final class SortedTree<K extends Comparable<K>, V> {
    private static final SortedTree<?, ?> EMPTY = new SortedTree<>(null);

    private final @Nullable Node<K, V> root;

    /** Receives entries in order; returns whether to go on. */
    @FunctionalInterface
    interface Visitor<K, V> {
        boolean visit(K key, V value);
    }

    private SortedTree(@Nullable Node<K, V> root) {
        this.root = root;
    }

    @SuppressWarnings("unchecked") // holds neither key nor value
    static <K extends Comparable<K>, V> SortedTree<K, V> empty() {
        return (SortedTree<K, V>) EMPTY;
    }

    /** The tree of these entries, which ascend by key; takes time in proportion to their number. */
    static <K extends Comparable<K>, V> SortedTree<K, V> ofSorted(List<K> keys, List<V> values) {
        return keys.isEmpty() ? empty() : new SortedTree<>(ofSorted(keys, values, 0, keys.size()));
    }

    private static <K extends Comparable<K>, V> @Nullable Node<K, V> ofSorted(
            List<K> keys, List<V> values, int from, int to) {
        if (from == to) {
            return null;
        }
        int middle = (from + to) >>> 1;
        return new Node<>(
                ofSorted(keys, values, from, middle),
                keys.get(middle),
                values.get(middle),
                ofSorted(keys, values, middle + 1, to));
    }

    int size() {
        return size(root);
    }

    boolean isEmpty() {
        return root == null;
    }

    /** The longest way from the root, in nodes; tests look at the balance. */
    int height() {
        return height(root);
    }

    @Nullable
    V get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    boolean contains(K key) {
        return get(key) != null;
    }

    SortedTree<K, V> with(K key, V value) {
        return new SortedTree<>(with(root, key, value));
    }

    SortedTree<K, V> without(K key) {
        return contains(key) ? new SortedTree<>(without(root, key)) : this;
    }

    /**
     * Visits entries in ascending order until the visitor returns false.
     *
     * @param from first key, inclusive; null: from the start
     * @param to last key, exclusive; null: to the end
     */
    void visit(@Nullable K from, @Nullable K to, Visitor<K, V> visitor) {
        visit(root, from, to, visitor);
    }

    void visitAll(Visitor<K, V> visitor) {
        visit(root, null, null, visitor);
    }

    private static <K extends Comparable<K>, V> boolean visit(
            @Nullable Node<K, V> node, @Nullable K from, @Nullable K to, Visitor<K, V> visitor) {
        if (node == null) {
            return true;
        }
        boolean afterFrom = from == null || node.key.compareTo(from) >= 0;
        boolean beforeTo = to == null || node.key.compareTo(to) < 0;
        if (afterFrom && !visit(node.left, from, to, visitor)) {
            return false;
        }
        if (afterFrom && beforeTo && !visitor.visit(node.key, node.value)) {
            return false;
        }
        return !beforeTo || visit(node.right, from, to, visitor);
    }

    /** What becomes of an entry; null: it goes. */
    @FunctionalInterface
    interface Change<K, V> {
        @Nullable
        V apply(K key, V value);
    }

    /**
     * Changes the entries of a range in one pass, in ascending order. Costs about as many nodes as entries that change
     * when these are neighbours; where nothing changes the tree is shared.
     *
     * @param from first key, inclusive; null: from the start
     * @param to last key, exclusive; null: to the end
     */
    SortedTree<K, V> changed(@Nullable K from, @Nullable K to, Change<K, V> change) {
        Node<K, V> after = changed(root, from, to, change);
        return after == root ? this : new SortedTree<>(after);
    }

    private static <K extends Comparable<K>, V> @Nullable Node<K, V> changed(
            @Nullable Node<K, V> node, @Nullable K from, @Nullable K to, Change<K, V> change) {
        if (node == null) {
            return null;
        }
        boolean afterFrom = from == null || node.key.compareTo(from) >= 0;
        boolean beforeTo = to == null || node.key.compareTo(to) < 0;
        Node<K, V> left = afterFrom ? changed(node.left, from, to, change) : node.left;
        V value = afterFrom && beforeTo ? change.apply(node.key, node.value) : node.value;
        Node<K, V> right = beforeTo ? changed(node.right, from, to, change) : node.right;
        if (value == null) {
            return joined(left, right);
        }
        return left == node.left && value == node.value && right == node.right
                ? node
                : joined(left, node.key, value, right);
    }

    /** Joins two trees of any heights, all keys of one before all of the other. */
    private static <K extends Comparable<K>, V> @Nullable Node<K, V> joined(
            @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        Node<K, V> next = first(right);
        return joined(left, next.key, next.value, without(right, next.key));
    }

    private static <K extends Comparable<K>, V> Node<K, V> joined(
            @Nullable Node<K, V> left, K key, V value, @Nullable Node<K, V> right) {
        if (left != null && height(left) > height(right) + 1) {
            return balanced(left.left, left.key, left.value, joined(left.right, key, value, right));
        }
        if (right != null && height(right) > height(left) + 1) {
            return balanced(joined(left, key, value, right.left), right.key, right.value, right.right);
        }
        return new Node<>(left, key, value, right);
    }

    private static <K extends Comparable<K>, V> Node<K, V> first(Node<K, V> tree) {
        Node<K, V> first = tree;
        while (first.left != null) {
            first = first.left;
        }
        return first;
    }

    private static <K extends Comparable<K>, V> Node<K, V> with(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(null, key, value, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node<>(node.left, key, value, node.right);
        }
        return order < 0
                ? balanced(with(node.left, key, value), node.key, node.value, node.right)
                : balanced(node.left, node.key, node.value, with(node.right, key, value));
    }

    private static <K extends Comparable<K>, V> @Nullable Node<K, V> without(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(without(node.left, key), node.key, node.value, node.right);
        }
        if (order > 0) {
            return balanced(node.left, node.key, node.value, without(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node<K, V> next = first(node.right);
        return balanced(node.left, next.key, next.value, without(node.right, next.key));
    }

    /** Joins two trees whose heights differ by at most two into one whose subtrees differ by at most one. */
    private static <K extends Comparable<K>, V> Node<K, V> balanced(
            @Nullable Node<K, V> left, K key, V value, @Nullable Node<K, V> right) {
        if (left != null && height(left) > height(right) + 1) {
            Node<K, V> inner = left.right;
            if (inner != null && height(inner) > height(left.left)) {
                return new Node<>(
                        new Node<>(left.left, left.key, left.value, inner.left),
                        inner.key,
                        inner.value,
                        new Node<>(inner.right, key, value, right));
            }
            return new Node<>(left.left, left.key, left.value, new Node<>(inner, key, value, right));
        }
        if (right != null && height(right) > height(left) + 1) {
            Node<K, V> inner = right.left;
            if (inner != null && height(inner) > height(right.right)) {
                return new Node<>(
                        new Node<>(left, key, value, inner.left),
                        inner.key,
                        inner.value,
                        new Node<>(inner.right, right.key, right.value, right.right));
            }
            return new Node<>(new Node<>(left, key, value, inner), right.key, right.value, right.right);
        }
        return new Node<>(left, key, value, right);
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    private static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    private static final class Node<K, V> {
        final @Nullable Node<K, V> left;
        final K key;
        final V value;
        final @Nullable Node<K, V> right;
        final int height;
        final int size;

        Node(@Nullable Node<K, V> left, K key, V value, @Nullable Node<K, V> right) {
            this.left = left;
            this.key = key;
            this.value = value;
            this.right = right;
            this.height = 1 + Math.max(SortedTree.height(left), SortedTree.height(right));
            this.size = 1 + SortedTree.size(left) + SortedTree.size(right);
        }
    }
}
