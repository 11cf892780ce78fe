package tenon.api;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/// Who takes part. The sets are ascending and do not change.
///
/// @param voters the incoming voters, or the only ones outside of a joint configuration
/// @param votersOutgoing empty outside of a joint configuration
/// @param learners get entries, but have no vote
/// @param learnersNext outgoing voters that become learners when the joint configuration is left
/// @param autoLeave whether the joint configuration is left by itself
public record ConfState(
        Set<Long> voters, Set<Long> votersOutgoing, Set<Long> learners, Set<Long> learnersNext, boolean autoLeave) {
    public ConfState {
        voters = ascending(voters);
        votersOutgoing = ascending(votersOutgoing);
        learners = ascending(learners);
        learnersNext = ascending(learnersNext);
    }

    /// In an order that is the same in every run, unlike that of `Set.copyOf`.
    private static Set<Long> ascending(Set<Long> nodeIds) {
        return Collections.unmodifiableSet(new TreeSet<>(nodeIds));
    }

    public static ConfState ofVoters(Set<Long> voters) {
        return new ConfState(voters, Set.of(), Set.of(), Set.of(), false);
    }
}
