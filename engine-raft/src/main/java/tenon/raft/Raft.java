package tenon.raft;

import java.util.List;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.SnapshotMark;
import tenon.api.SoftState;

/// What a node is in every role: term, vote, log, configuration, and the clock of elections.
final class Raft {
    final long id;
    final RaftOptions options;
    final RaftLog log;
    final Outbox outbox = new Outbox();

    private final StoreQueue stores;
    private final SplitMix random;

    // Invariant: the term never falls; the vote changes at most once in a term, from nobody.
    private long term;
    private long votedFor;

    // Invariant: within a term it is 0 or always the same node.
    long leaderId;

    // Invariant: never null; a Leader only with leaderId == id; a Candidate only with leaderId == 0.
    private Role role;
    private Configuration configuration;

    /// Ticks since an election began, a leader was heard or a vote was granted; a leader counts election timeouts.
    int electionElapsedTicks;

    /// Ticks since a leader was heard, whatever happened after. A node that starts may have heard one just before and
    /// have forgotten even its term: heartbeats are answered before anything is stored.
    private int leaderSilentTicks;

    // Invariant: electionTicks <= timeout < 2 * electionTicks; drawn anew with each change of term or role.
    private int electionTimeoutTicks;

    /// A snapshot was accepted and is not stored yet: until then the node cannot lead.
    private boolean snapshotPending;

    /// A snapshot that waits until what was handed out is applied, or null; nothing more is handed out until then.
    private Message.InstallSnapshot waitingSnapshot;

    /// The election that waits until committed changes of the configuration are applied, or null.
    private Campaign deferred;

    Raft(RaftOptions options, RecoveredState state, StoreQueue stores) {
        this.options = options;
        this.stores = stores;
        id = options.nodeId;
        log = new RaftLog(state);
        random = new SplitMix(options.seed ^ id * 0xd1342543de82ef95L);
        term = state.hardState().term();
        votedFor = state.hardState().votedFor();
        configuration = new Configuration(state.confState());
        role = new Follower(this);
        drawElectionTimeout();
    }

    long term() {
        return term;
    }

    Role role() {
        return role;
    }

    Configuration configuration() {
        return configuration;
    }

    HardState hardState() {
        return new HardState(term, votedFor, log.committed());
    }

    SoftState softState() {
        return new SoftState(leaderId, role.raftRole());
    }

    /// Whether it differs from the one last handed out.
    boolean hasNewHardState(HardState last) {
        return log.committed() != last.commitIndex() || term != last.term() || votedFor != last.votedFor();
    }

    /// Whether it differs from the one last handed out.
    boolean hasNewSoftState(SoftState last) {
        return leaderId != last.leaderId() || role.raftRole() != last.role();
    }

    // --- Messages

    void step(Message message) {
        if (message.to() != id || message.from() == id || message.from() == 0 || message.term() <= 0) {
            throw new MisuseException("message from " + message.from() + " to " + message.to() + " of term "
                    + message.term() + " is not for node " + id);
        }
        if (message.term() >= term) {
            check(message);
        }
        if (message instanceof Message.VoteResponse response && response.rejected()) {
            learnCommitted(response);
        }
        if (message.term() > term && !onHigherTerm(message)) {
            return;
        }
        switch (message) {
            case Message.Forward forward -> role.step(forward);
            case Message.Vote vote when vote.term() >= term -> answerVote(vote);
            case Message _ when message.term() < term -> answerLowerTerm(message);
            default -> role.step(message);
        }
    }

    /// Before anything changes: whether a leader can have said so.
    private void check(Message message) {
        switch (message) {
            case Message.Append append -> checkAppend(append);
            case Message.InstallSnapshot snapshot -> checkSnapshot(snapshot);
            default -> {}
        }
    }

    private void checkAppend(Message.Append append) {
        long index = append.previousIndex();
        long entryTerm = append.previousTerm();
        log.checkCommitted(index, entryTerm);
        for (Entry entry : append.entries()) {
            index++;
            if (entry.raftIndex() != index || entry.term() < entryTerm || entry.term() > append.term()) {
                throw new ProtocolViolationException("node " + append.from() + " sent entry " + entry
                        + " where index " + index + " belongs, in term " + append.term());
            }
            entryTerm = entry.term();
            log.checkCommitted(index, entryTerm);
        }
    }

    private void checkSnapshot(Message.InstallSnapshot snapshot) {
        SnapshotMark mark = snapshot.mark();
        log.checkCommitted(mark.raftIndex(), mark.term());
        boolean possible = mark.term() <= snapshot.term() && !snapshot.confState().voters().isEmpty();
        if (!possible || !Configuration.isConsistent(snapshot.confState())) {
            throw new ProtocolViolationException("node " + snapshot.from() + " sent a snapshot of " + mark + " with "
                    + snapshot.confState() + " in term " + snapshot.term());
        }
    }

    /// Hands a message of this term to the role, which may have just changed.
    void stepRole(Message message) {
        role.step(message);
    }

    /// Whether the message is to be looked at further.
    private boolean onHigherTerm(Message message) {
        switch (message) {
            case Message.Vote vote -> {
                boolean led = options.checkQuorum && leaderId != 0 && electionElapsedTicks < options.electionTicks;
                if ((led || isLeaseGranted()) && !vote.leaderTransfer()) {
                    return false;
                }
                if (!vote.preVote()) {
                    becomeFollower(vote.term(), 0);
                }
            }
            case Message.VoteResponse response when response.preVote() && !response.rejected() -> {}
            case Message.Append _, Message.Heartbeat _, Message.InstallSnapshot _ ->
                becomeFollower(message.term(), message.from());
            default -> becomeFollower(message.term(), 0);
        }
        return true;
    }

    /// Whoever takes itself for a leader or asks for votes learns the term.
    private void answerLowerTerm(Message message) {
        switch (message) {
            case Message.Append _, Message.Heartbeat _, Message.InstallSnapshot _ ->
                outbox.send(new Message.AppendResponse(id, message.from(), term, 0, true, 0, 0));
            case Message.Vote vote ->
                outbox.send(refusal(vote));
            default -> {}
        }
    }

    private void answerVote(Message.Vote vote) {
        boolean free = votedFor == vote.from()
                || votedFor == 0 && leaderId == 0
                || vote.preVote() && vote.term() > term;
        boolean granted = free && log.isUpToDate(vote.lastTerm(), vote.lastIndex());
        Message answer = granted
                ? new Message.VoteResponse(id, vote.from(), vote.term(), vote.preVote(), false, 0, 0)
                : refusal(vote);
        if (vote.preVote()) {
            outbox.send(answer);
            return;
        }
        if (granted) {
            electionElapsedTicks = 0;
            votedFor = vote.from();
        }
        outbox.sendAfterStored(answer);
    }

    private Message refusal(Message.Vote vote) {
        return new Message.VoteResponse(
                id, vote.from(), term, vote.preVote(), true, log.termAt(log.committed()), log.committed());
    }

    /// What is committed stays so, whoever says it. A candidate whose log ends with the change that makes it the only
    /// one to be asked may not know that the change is committed; those that it still asks have left, cannot lead, and
    /// refuse for an entry that it lacks. None of them would ever come further. Who voters are it knows only when it has
    /// applied the change: until then it stands for no election, and then for another one.
    private void learnCommitted(Message.VoteResponse refusal) {
        if (role instanceof Leader || !log.matches(refusal.commitIndex(), refusal.commitTerm())) {
            return;
        }
        log.maybeCommit(refusal.commitIndex());
        if (role instanceof Candidate && log.hasUnappliedConfChange()) {
            becomeFollower(term, 0);
            campaign(firstCampaign());
        }
    }

    void hearLeader(long leader) {
        if (leaderId != 0 && leaderId != leader) {
            throw new ProtocolViolationException("nodes " + leaderId + " and " + leader + " both lead in term " + term);
        }
        electionElapsedTicks = 0;
        leaderSilentTicks = 0;
        leaderId = leader;
    }

    /// Whether a leader may count on it that this node elects nobody.
    private boolean isLeaseGranted() {
        return options.readMode == ReadMode.LEASE
                && leaderSilentTicks < options.electionTicks
                && !configuration.isOnlyVoter(id);
    }

    void acceptAppend(Message.Append append) {
        if (append.previousIndex() < log.committed()) {
            acknowledge(append.from(), log.committed());
            return;
        }
        if (!log.matches(append.previousIndex(), append.previousTerm())) {
            rejectAppend(append);
            return;
        }
        List<Entry> entries = append.entries();
        long lastNew = append.previousIndex() + entries.size();
        long from = log.merge(entries);
        if (from > 0) {
            stores.onTruncated(from);
        }
        boolean isNews = log.maybeCommit(Math.min(append.commitIndex(), lastNew));
        // Who brings nothing else does not ask, see Leader#sendTo.
        if (!isNews || !entries.isEmpty()) {
            acknowledge(append.from(), lastNew);
        }
    }

    private void acknowledge(long leader, long matchIndex) {
        outbox.sendAfterStored(new Message.AppendResponse(id, leader, term, matchIndex, false, 0, 0));
    }

    /// Says where the logs may agree, so that the leader skips whole terms (Raft paper, end of 5.3).
    private void rejectAppend(Message.Append append) {
        long hintIndex = Math.max(
                log.findConflict(append.previousIndex(), append.previousTerm()), log.firstIndex() - 1);
        outbox.send(new Message.AppendResponse(
                id, append.from(), term, append.previousIndex(), true, hintIndex, log.termAt(hintIndex)));
    }

    void acceptHeartbeat(Message.Heartbeat heartbeat) {
        log.maybeCommit(Math.min(heartbeat.commitIndex(), log.lastIndex()));
        outbox.send(new Message.HeartbeatResponse(id, heartbeat.from(), term, heartbeat.readContext()));
    }

    /// A snapshot replaces the state machine, so all that was handed out before it must be applied first.
    void acceptSnapshot(Message.InstallSnapshot snapshot) {
        if (log.isApplying()) {
            waitingSnapshot = snapshot;
            return;
        }
        waitingSnapshot = null;
        long index = snapshot.mark().raftIndex();
        if (index > log.committed()) {
            if (log.matches(index, snapshot.mark().term())) {
                log.maybeCommit(index);
            } else {
                configuration = new Configuration(snapshot.confState());
                stores.onTruncated(log.firstIndex());
                log.restore(snapshot.mark());
                outbox.install(snapshot);
                snapshotPending = true;
            }
        }
        acknowledge(snapshot.from(), log.committed());
    }

    // --- Elections

    void tick() {
        leaderSilentTicks = Math.min(leaderSilentTicks + 1, options.electionTicks);
        role.onTick();
    }

    /// For followers and candidates: starts an election if nothing was heard for too long.
    void tickElection() {
        electionElapsedTicks++;
        if (canCampaign() && electionElapsedTicks >= electionTimeoutTicks) {
            electionElapsedTicks = 0;
            campaign(firstCampaign());
        }
    }

    Campaign firstCampaign() {
        return options.preVote ? Campaign.PRE_VOTE : Campaign.VOTE;
    }

    private boolean canCampaign() {
        return configuration.isVoter(id) && !snapshotPending && waitingSnapshot == null;
    }

    /// Starts an election, unless this node leads or cannot lead. While the node lags behind a committed change of
    /// the configuration, it does not know who votes: the election starts when the change is applied.
    void campaign(Campaign campaign) {
        if (role instanceof Leader || campaign != Campaign.TRANSFER && isLeaseGranted()) {
            return;
        }
        if (log.hasUnappliedConfChange()) {
            deferred = campaign;
        } else if (canCampaign()) {
            becomeCandidate(campaign);
        }
    }

    void becomeCandidate(Campaign campaign) {
        if (campaign == Campaign.PRE_VOTE) {
            enter(term, 0);
        } else {
            enter(term + 1, 0);
            votedFor = id;
        }
        Candidate candidate = new Candidate(this, campaign);
        role = candidate;
        candidate.askForVotes();
    }

    void becomeFollower(long newTerm, long leader) {
        enter(newTerm, leader);
        role = new Follower(this);
    }

    void becomeLeader() {
        enter(term, id);
        Leader leader = new Leader(this);
        role = leader;
        leader.begin();
    }

    private void enter(long newTerm, long leader) {
        assert newTerm >= term : newTerm;
        if (newTerm > term) {
            term = newTerm;
            votedFor = 0;
        }
        leaderId = leader;
        electionElapsedTicks = 0;
        deferred = null;
        drawElectionTimeout();
    }

    private void drawElectionTimeout() {
        electionTimeoutTicks = options.electionTicks + random.nextInt(options.electionTicks);
    }

    // --- Storage and applying

    void onStored(StoreQueue.Pending stored) {
        log.onStored(stored.storedIndex());
        if (stored.snapshot()) {
            snapshotPending = false;
        }
        role.onStored(stored.term());
    }

    void onApplied(long index) {
        log.onApplied(index);
        if (waitingSnapshot != null) {
            acceptSnapshot(waitingSnapshot);
        }
        if (role instanceof Leader leader) {
            leader.onApplied();
        } else if (deferred != null && !log.hasUnappliedConfChange()) {
            Campaign campaign = deferred;
            deferred = null;
            campaign(campaign);
        }
    }

    boolean hasEntriesToApply() {
        return waitingSnapshot == null && log.hasEntriesToApply();
    }

    List<Entry> takeEntriesToApply() {
        List<Entry> entries = waitingSnapshot == null ? log.takeEntriesToApply() : List.of();
        if (role instanceof Leader leader) {
            leader.onCommittedTaken(entries);
        }
        return entries;
    }

    ConfState configure(Configuration next) {
        configuration = next;
        role.onConfiguration();
        return next.state();
    }

    /// Whether this voter is none any more once all changes of the configuration in its log are in force.
    boolean isToLeave() {
        Configuration end = configuration;
        for (Entry change : log.unappliedConfChanges()) {
            try {
                end = end.apply(ConfChangeCodec.decode(change.data()));
            } catch (MisuseException impossible) {
                // The state machine will put an empty one in its place.
                continue;
            }
        }
        return configuration.isVoter(id) && !end.isVoter(id);
    }

    /// Checks the invariants; always true, so that `assert` can call it.
    boolean validate() {
        log.validate();
        role.validate();
        assert !(role instanceof Leader) || leaderId == id && votedFor == id : softState();
        assert !(role instanceof Candidate) || leaderId == 0 : softState();
        assert electionTimeoutTicks >= options.electionTicks && electionTimeoutTicks < 2 * options.electionTicks;
        assert log.lastTerm() <= term : log + " in term " + term;
        return true;
    }
}
