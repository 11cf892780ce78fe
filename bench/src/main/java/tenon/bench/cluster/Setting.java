package tenon.bench.cluster;

import tenon.bench.load.Shape;

/// At what both servers take their turns.
record Setting(int memberCount, Work work, Shape shape) {
    /// Without the shape.
    String task() {
        return work.label + ", " + members(memberCount);
    }

    static String members(int count) {
        return count + (count == 1 ? " member" : " members");
    }

    @Override
    public String toString() {
        return task() + ", " + shape;
    }
}
