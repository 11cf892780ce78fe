package tenon.mvcc.watch;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import tenon.mvcc.KeyRange;

/// Watchers by what they watch. A balanced tree of ranges (a treap), in order of their first keys, each node with the
/// last end below it: those of a key are found in a time that grows with their number, and with the logarithm of all
/// ranges. Watchers of one range share a node. Not safe for use by several threads.
final class WatcherIndex {
    private Node root;
    private long nodeCount;

    private static final class Node {
        final byte[] start;
        // Exclusive; null for none.
        final byte[] end;
        final long priority;
        final Set<Watcher> watchers = new LinkedHashSet<>();
        // Invariant: the priorities below are not greater; what is left is before this range, what is right behind it.
        Node left;
        Node right;
        // Invariant: the last of the ends here and below.
        byte[] lastEnd;

        Node(byte[] start, byte[] end, long priority) {
            this.start = start;
            this.end = end;
            this.priority = priority;
            this.lastEnd = end;
        }

        void update() {
            lastEnd = end;
            lastEnd = left == null ? lastEnd : later(lastEnd, left.lastEnd);
            lastEnd = right == null ? lastEnd : later(lastEnd, right.lastEnd);
        }

        int compareTo(byte[] otherStart, byte[] otherEnd) {
            int order = Arrays.compareUnsigned(start, otherStart);
            return order != 0 ? order : compareEnds(end, otherEnd);
        }
    }

    void add(Watcher watcher) {
        KeyRange range = watcher.request.range();
        root = add(root, range.start(), endOf(range), watcher);
    }

    void remove(Watcher watcher) {
        KeyRange range = watcher.request.range();
        root = remove(root, range.start(), endOf(range), watcher);
    }

    boolean isEmpty() {
        return root == null;
    }

    /// Shows all watchers of a key.
    void visit(byte[] key, Consumer<Watcher> visitor) {
        visit(root, key, visitor);
    }

    /// Shows all watchers.
    void visitAll(Consumer<Watcher> visitor) {
        visitAll(root, visitor);
    }

    private static void visit(Node at, byte[] key, Consumer<Watcher> visitor) {
        if (at == null || !endsBehind(at.lastEnd, key)) {
            return;
        }
        visit(at.left, key, visitor);
        if (Arrays.compareUnsigned(at.start, key) <= 0) {
            if (endsBehind(at.end, key)) {
                at.watchers.forEach(visitor);
            }
            visit(at.right, key, visitor);
        }
    }

    private static void visitAll(Node at, Consumer<Watcher> visitor) {
        if (at != null) {
            visitAll(at.left, visitor);
            at.watchers.forEach(visitor);
            visitAll(at.right, visitor);
        }
    }

    private Node add(Node at, byte[] start, byte[] end, Watcher watcher) {
        if (at == null) {
            Node node = new Node(start, end, spread(++nodeCount));
            node.watchers.add(watcher);
            return node;
        }
        Node top = at;
        int order = at.compareTo(start, end);
        if (order == 0) {
            at.watchers.add(watcher);
        } else if (order > 0) {
            at.left = add(at.left, start, end, watcher);
            if (at.left.priority > at.priority) {
                top = at.left;
                at.left = top.right;
                top.right = at;
            }
        } else {
            at.right = add(at.right, start, end, watcher);
            if (at.right.priority > at.priority) {
                top = at.right;
                at.right = top.left;
                top.left = at;
            }
        }
        at.update();
        top.update();
        return top;
    }

    private static Node remove(Node at, byte[] start, byte[] end, Watcher watcher) {
        if (at == null) {
            return null;
        }
        int order = at.compareTo(start, end);
        if (order == 0) {
            at.watchers.remove(watcher);
            return at.watchers.isEmpty() ? join(at.left, at.right) : at;
        }
        if (order > 0) {
            at.left = remove(at.left, start, end, watcher);
        } else {
            at.right = remove(at.right, start, end, watcher);
        }
        at.update();
        return at;
    }

    /// All of the second tree is behind all of the first.
    private static Node join(Node first, Node second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        Node top = first.priority > second.priority ? first : second;
        if (top == first) {
            first.right = join(first.right, second);
        } else {
            second.left = join(first, second.left);
        }
        top.update();
        return top;
    }

    private static byte[] endOf(KeyRange range) {
        if (range.isSingleKey()) {
            return Arrays.copyOf(range.start(), range.start().length + 1);
        }
        return range.isUnbounded() ? null : range.end();
    }

    private static boolean endsBehind(byte[] end, byte[] key) {
        return end == null || Arrays.compareUnsigned(key, end) < 0;
    }

    private static byte[] later(byte[] end, byte[] other) {
        return compareEnds(end, other) >= 0 ? end : other;
    }

    private static int compareEnds(byte[] end, byte[] other) {
        if (end == null || other == null) {
            return end == other ? 0 : end == null ? 1 : -1;
        }
        return Arrays.compareUnsigned(end, other);
    }

    /// Numbers in a row, spread over all longs as if by chance: what keeps the tree flat, whatever the order of ranges.
    private static long spread(long number) {
        long mixed = number * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /// Checks the invariants.
    ///
    /// @return the height of the tree
    /// @throws IllegalStateException if one does not hold
    int validate() {
        return validate(root);
    }

    private static int validate(Node at) {
        if (at == null) {
            return 0;
        }
        byte[] lastEnd = at.lastEnd;
        at.update();
        boolean ordered = (at.left == null || at.left.compareTo(at.start, at.end) < 0 && at.left.priority <= at.priority)
                && (at.right == null || at.right.compareTo(at.start, at.end) > 0 && at.right.priority <= at.priority);
        if (!ordered || compareEnds(lastEnd, at.lastEnd) != 0 || at.watchers.isEmpty()) {
            throw new IllegalStateException("the index of watchers is out of order");
        }
        return 1 + Math.max(validate(at.left), validate(at.right));
    }
}
