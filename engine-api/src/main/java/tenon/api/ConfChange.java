package tenon.api;

import java.util.List;

/// A change of the configuration, as the data of an entry of type [EntryType#CONF_CHANGE].
///
/// @param context opaque bytes of whoever proposed it
public record ConfChange(Transition transition, List<Step> steps, byte[] context) {
    public ConfChange {
        steps = List.copyOf(steps);
    }

    /// How a joint configuration is left.
    public enum Transition {
        /// Simple if one voter changes, else joint and left by itself.
        AUTO,
        /// Joint, and left by itself.
        JOINT_IMPLICIT,
        /// Joint, and left by an empty change.
        JOINT_EXPLICIT
    }

    /// One node's change.
    public record Step(StepType type, long nodeId) {}

    /// What happens to a node.
    public enum StepType {
        ADD_VOTER,
        ADD_LEARNER,
        REMOVE
    }
}
