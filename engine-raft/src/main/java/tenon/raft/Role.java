package tenon.raft;

import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.ProposalDroppedException.Reason;
import tenon.api.RaftRole;

/// What a node does in its role; the state that only this role has lives and ends with it.
sealed interface Role permits Follower, Candidate, Leader {
    RaftRole raftRole();

    void onTick();

    /// Takes a message of the current term; votes asked for have been dealt with.
    void step(Message message);

    /// Takes proposals of one type, all or none of them.
    ///
    /// @return null if they were taken
    Reason propose(EntryType type, byte[]... data);

    /// @return null if the read was taken
    Reason readIndex(long context);

    /// Log entries or the vote of this term were stored.
    default void onStored(long storedTerm) {}

    default void onConfiguration() {}

    default boolean isSendDue() {
        return false;
    }

    /// Puts all messages that are due into the outbox.
    default void sendDue() {}

    default boolean validate() {
        return true;
    }
}
