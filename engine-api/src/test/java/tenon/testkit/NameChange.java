package tenon.testkit;

import java.util.Arrays;
import java.util.List;

/// A creation, deletion or rename that the disk takes as one step.
record NameChange(List<Step> steps) {
    /// @param node null: the name goes
    record Step(DiskDirectory directory, String name, DiskNode node) {}

    NameChange(Step... steps) {
        this(Arrays.asList(steps));
    }

    boolean touches(DiskDirectory directory) {
        return steps.stream().anyMatch(step -> step.directory == directory);
    }

    boolean touchesNameOf(NameChange other) {
        return steps.stream()
                .anyMatch(mine -> other.steps.stream()
                        .anyMatch(step -> step.directory == mine.directory && step.name.equals(mine.name)));
    }

    void applyToNames() {
        steps.forEach(step -> set(step.directory.names, step));
    }

    void applyToDurableNames() {
        steps.forEach(step -> set(step.directory.durableNames, step));
    }

    private static void set(java.util.Map<String, DiskNode> names, Step step) {
        if (step.node == null) {
            names.remove(step.name);
        } else {
            names.put(step.name, step.node);
        }
    }
}
