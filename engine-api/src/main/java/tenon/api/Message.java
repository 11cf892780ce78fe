package tenon.api;

import java.util.List;

/// What nodes say to each other. A term of 0 stands only in messages that never leave the node.
public sealed interface Message {
    long from();

    long to();

    long term();

    /// A leader's entries behind `previousIndex`, where the follower must hold `previousTerm`. The follower answers, unless
    /// all that it gets is a higher commit index.
    record Append(
            long from,
            long to,
            long term,
            long previousTerm,
            long previousIndex,
            List<Entry> entries,
            long commitIndex)
            implements Message {}

    /// @param matchIndex the last index that follower and leader are known to share; if rejected, the rejected index
    /// @param rejectHintIndex where the leader should look next, if rejected
    /// @param rejectHintTerm the follower's term there
    record AppendResponse(
            long from,
            long to,
            long term,
            long matchIndex,
            boolean rejected,
            long rejectHintIndex,
            long rejectHintTerm)
            implements Message {}

    /// @param preVote whether it only asks; a grant of a pre-vote binds nobody
    /// @param leaderTransfer whether the leader itself asked for this election
    record Vote(
            long from,
            long to,
            long term,
            long lastTerm,
            long lastIndex,
            boolean preVote,
            boolean leaderTransfer)
            implements Message {}

    /// @param commitTerm of the entry at the commit index, 0 if granted
    /// @param commitIndex up to where the one that refuses knows entries to be committed, 0 if granted: it may be all that
    ///     the candidate lacks
    record VoteResponse(
            long from,
            long to,
            long term,
            boolean preVote,
            boolean rejected,
            long commitTerm,
            long commitIndex)
            implements Message {}

    /// @param readContext the leader's number of the newest read to be confirmed, 0 for none
    record Heartbeat(long from, long to, long term, long commitIndex, long readContext) implements Message {}

    record HeartbeatResponse(long from, long to, long term, long readContext) implements Message {}

    /// The follower lacks entries that the leader no longer has: whoever runs the node streams a snapshot.
    ///
    /// @param mark when handed out, the least that the snapshot must hold; when stepped, what it holds
    /// @param confState the configuration at the mark
    record InstallSnapshot(long from, long to, long term, SnapshotMark mark, ConfState confState)
            implements Message {}

    /// Proposals on their way to the leader.
    record Forward(long from, long to, long term, List<Entry> entries) implements Message {}

    record ReadIndex(long from, long to, long term, long context) implements Message {}

    record ReadIndexResponse(long from, long to, long term, long context, long raftIndex) implements Message {}

    /// The leader hands over: the receiver starts an election at once.
    record TimeoutNow(long from, long to, long term) implements Message {}
}
