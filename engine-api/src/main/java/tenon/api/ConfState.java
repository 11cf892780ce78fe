package tenon.api;

import java.util.Set;

/// Who takes part.
///
/// @param voters the incoming voters, or the only ones outside of a joint configuration
/// @param votersOutgoing empty outside of a joint configuration
/// @param learners get entries, but have no vote
/// @param learnersNext outgoing voters that become learners when the joint configuration is left
/// @param autoLeave whether the joint configuration is left by itself
public record ConfState(
        Set<Long> voters, Set<Long> votersOutgoing, Set<Long> learners, Set<Long> learnersNext, boolean autoLeave) {
    public ConfState {
        voters = Set.copyOf(voters);
        votersOutgoing = Set.copyOf(votersOutgoing);
        learners = Set.copyOf(learners);
        learnersNext = Set.copyOf(learnersNext);
    }

    public static ConfState ofVoters(Set<Long> voters) {
        return new ConfState(voters, Set.of(), Set.of(), Set.of(), false);
    }
}
