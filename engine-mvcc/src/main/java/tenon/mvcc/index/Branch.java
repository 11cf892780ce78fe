package tenon.mvcc.index;

import java.util.Arrays;

/// Children, and the keys that separate them.
final class Branch extends Node {
    static final int CHILD_COUNT_MAX = 64;
    static final int MERGE_COUNT_MAX = CHILD_COUNT_MAX / 2;

    private static final int OBJECT_BYTES = 40;
    private static final int ARRAY_BYTES = 16;

    // Invariant: one fewer than children; keys of children[i] are less than separators[i], those of children[i + 1]
    // are not.
    private PackedKeys separators;
    // Invariant: at least one.
    private Node[] children;

    Branch(long epoch, PackedKeys separators, Node... children) {
        super(epoch);
        this.separators = separators;
        this.children = children;
        for (Node child : children) {
            liveCount += child.liveCount;
        }
    }

    private Branch(long epoch, Branch original) {
        super(epoch);
        separators = original.separators;
        children = original.children.clone();
        liveCount = original.liveCount;
    }

    private int childIndex(byte[] key) {
        int found = separators.find(key);
        return found >= 0 ? found + 1 : -(found + 1);
    }

    private Branch own(long ownerEpoch) {
        return epoch == ownerEpoch ? this : new Branch(ownerEpoch, this);
    }

    @Override
    Node apply(Edit edit) {
        int index = childIndex(edit.key);
        Node child = children[index];
        long liveBefore = child.liveCount;
        Node changed = child.apply(edit);
        Branch branch = own(edit.epoch);
        branch.children[index] = changed;
        branch.liveCount += changed.liveCount - liveBefore;
        if (edit.right != null) {
            Node right = edit.right;
            edit.right = null;
            branch.liveCount += right.liveCount;
            branch.insert(index, edit.separator, right);
            if (branch.children.length > CHILD_COUNT_MAX) {
                branch.split(index + 1, edit);
            }
        }
        return branch;
    }

    private void insert(int index, byte[] separator, Node right) {
        separators = separators.insert(index, separator);
        Node[] newChildren = new Node[children.length + 1];
        System.arraycopy(children, 0, newChildren, 0, index + 1);
        newChildren[index + 1] = right;
        System.arraycopy(children, index + 1, newChildren, index + 2, children.length - index - 1);
        children = newChildren;
    }

    private void split(int insertedIndex, Edit edit) {
        int count = children.length;
        int middle = insertedIndex == count - 1 ? count - 2 : count / 2;
        Branch right = new Branch(
                edit.epoch, separators.slice(middle, count - 1), Arrays.copyOfRange(children, middle, count));
        edit.right = right;
        edit.separator = separators.get(middle - 1);
        separators = separators.slice(0, middle - 1);
        children = Arrays.copyOf(children, middle);
        liveCount -= right.liveCount;
    }

    @Override
    Node compact(CompactionStep step) {
        int index = childIndex(step.from);
        if (index < separators.count()) {
            step.next = separators.get(index);
        }
        Node child = children[index];
        long liveBefore = child.liveCount;
        Node changed = child.compact(step);
        if (!step.changed) {
            return this;
        }
        Branch branch = own(step.epoch);
        branch.liveCount += (changed == null ? 0 : changed.liveCount) - liveBefore;
        if (changed == null) {
            branch.removeChild(index);
            return branch.children.length == 0 ? null : branch;
        }
        branch.children[index] = changed;
        branch.maybeMerge(index - 1);
        if (index < branch.children.length) {
            branch.maybeMerge(index);
        }
        return branch;
    }

    private void removeChild(int index) {
        Node[] newChildren = new Node[children.length - 1];
        System.arraycopy(children, 0, newChildren, 0, index);
        System.arraycopy(children, index + 1, newChildren, index, newChildren.length - index);
        children = newChildren;
        if (separators.count() > 0) {
            separators = separators.remove(Math.max(0, index - 1));
        }
    }

    /// Merges a child with its right neighbour if both are small.
    private void maybeMerge(int index) {
        if (index < 0 || index + 1 >= children.length) {
            return;
        }
        Node left = children[index];
        Node right = children[index + 1];
        int weightMax = left instanceof Leaf ? Leaf.MERGE_COUNT_MAX : MERGE_COUNT_MAX;
        if (left.weight() + right.weight() > weightMax) {
            return;
        }
        Node merged = left.merge(epoch, separators.get(index), right);
        removeChild(index + 1);
        children[index] = merged;
    }

    @Override
    int weight() {
        return children.length;
    }

    @Override
    Node merge(long newEpoch, byte[] separator, Node right) {
        Branch other = (Branch) right;
        Node[] newChildren = Arrays.copyOf(children, children.length + other.children.length);
        System.arraycopy(other.children, 0, newChildren, children.length, other.children.length);
        PackedKeys newSeparators =
                separators.insert(separators.count(), separator).join(other.separators);
        return new Branch(newEpoch, newSeparators, newChildren);
    }

    @Override
    long liveBefore(byte[] key) {
        int index = childIndex(key);
        long count = children[index].liveBefore(key);
        for (int i = 0; i < index; i++) {
            count += children[i].liveCount;
        }
        return count;
    }

    @Override
    Leaf findLeaf(byte[] key) {
        return children[childIndex(key)].findLeaf(key);
    }

    @Override
    boolean visit(Walk walk) {
        for (int i = childIndex(walk.from); i < children.length; i++) {
            if (!children[i].visit(walk)) {
                return false;
            }
        }
        return true;
    }

    /// The only child, if there is but one.
    Node collapsed() {
        return children.length == 1 ? children[0] : this;
    }

    @Override
    void measure(IndexSize size) {
        long array = ARRAY_BYTES + (long) children.length * Integer.BYTES;
        size.add(0, 0, OBJECT_BYTES + array + separators.heapBytes());
        for (Node child : children) {
            child.measure(size);
        }
    }

    @Override
    int validate(byte[] low, byte[] high) {
        separators.validate();
        int count = children.length;
        long liveSum = 0;
        int depth = 0;
        for (int i = 0; i < count; i++) {
            byte[] from = i == 0 ? low : separators.get(i - 1);
            byte[] to = i == count - 1 ? high : separators.get(i);
            int childDepth = children[i].validate(from, to);
            if (i > 0 && childDepth != depth) {
                throw new IllegalStateException("leaves at different depths");
            }
            depth = childDepth;
            liveSum += children[i].liveCount;
        }
        if (count < 1 || count > CHILD_COUNT_MAX || separators.count() != count - 1 || liveSum != liveCount) {
            throw new IllegalStateException("a branch of " + count + " children contradicts itself");
        }
        return depth + 1;
    }
}
