package tenon.server.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.RaftRole;
import tenon.api.RaftStatus;

/// What must hold in a cluster at every instant (Raft paper, figure 3), told by an observer that sees all members.
final class Laws {
    private final Map<Long, Long> leaderOfTerm = new HashMap<>();
    private final Map<Place, Made> made = new HashMap<>();

    /// By index - 1, and the term in which the entry was committed.
    private final List<Committed> committed = new ArrayList<>();

    /// By index - 1: what the state machines were behind that entry.
    private final List<StateMachine> applied = new ArrayList<>();

    private final Map<Long, Long> indexOfCommand = new HashMap<>();
    private final Set<Long> dropped = new HashSet<>();
    private long lastConfIndex;

    private record Place(long term, long index) {}

    /// An entry and the term of the one before it.
    private record Made(Entry entry, long previousTerm) {}

    private record Committed(Entry entry, long inTerm) {}

    /// The law is put into words only when it is broken: there are many steps.
    static void check(boolean holds, Supplier<String> law) {
        if (!holds) {
            throw new AssertionError(law.get());
        }
    }

    /// The cluster begins with these entries, which nobody had to agree to.
    void onFounded(List<Entry> entries) {
        entries.forEach(entry -> committed.add(new Committed(entry, 0)));
    }

    /// The highest index that any leader ever committed.
    long committedIndex() {
        return committed.size();
    }

    /// The highest index that any member ever applied.
    long appliedIndex() {
        return applied.size();
    }

    /// Where the last change of the configuration is that any member applied.
    long lastConfIndex() {
        return lastConfIndex;
    }

    ConfState lastConfState() {
        return applied.getLast().confState();
    }

    boolean isApplied(long commandId) {
        return indexOfCommand.containsKey(commandId);
    }

    /// Looks at a member after each of its steps.
    void observe(Member member, RaftStatus status) {
        long term = status.hardState().term();
        if (status.role() == RaftRole.LEADER) {
            if (member.ledTerm != term) {
                Long other = leaderOfTerm.putIfAbsent(term, member.id);
                check(
                        other == null || other == member.id,
                        () -> "election safety: " + other + " and " + member.id + " lead in term " + term);
                member.ledTerm = term;
                checkElected(member, status);
            } else {
                check(status.lastIndex() >= member.ledLastIndex, () -> "leader append-only: " + status);
            }
            member.ledLastIndex = status.lastIndex();
            if (status.hardState().commitIndex() > member.knownCommitIndex) {
                onCommitted(member, status);
            }
        }
        check(
                status.role() == RaftRole.FOLLOWER
                        || member.handedOut.confChangesBehind(member.state().raftIndex()) <= 1,
                () -> "who stands for election is at most one change behind its log: " + member);
        HardState durable = member.disk.stored.syncedState();
        check(
                term > durable.term()
                        || term == durable.term()
                                && (durable.votedFor() == 0 || durable.votedFor() == status.hardState().votedFor()),
                () -> "term and vote never fall behind what is durable: " + durable + ", then " + status);
        check(
                status.hardState().commitIndex() >= member.knownCommitIndex,
                () -> "the commit index never falls: " + member.knownCommitIndex + ", then " + status);
        member.knownCommitIndex = status.hardState().commitIndex();
    }

    /// Who leads has the durable votes of quorums.
    private static void checkElected(Member leader, RaftStatus status) {
        long term = status.hardState().term();
        LongPredicate voted = id -> {
            Member voter = leader.world.member(id);
            HardState durable = voter.disk.stored.syncedState();
            return voter.isRefused()
                    || durable.term() > term
                    || durable.term() == term && durable.votedFor() == leader.id;
        };
        check(
                isQuorum(status.confState().voters(), voted) && isQuorum(status.confState().votersOutgoing(), voted),
                () -> "elected by a quorum: " + leader.id + " of " + Texts.of(status.confState()) + " in term " + term);
    }

    /// A leader's commit: of one entry at each index, ever, and durable on quorums of its configuration.
    private void onCommitted(Member leader, RaftStatus status) {
        long end = status.hardState().commitIndex();
        for (long index = leader.knownCommitIndex + 1; index <= end; index++) {
            if (!leader.handedOut.has(index)) {
                continue;
            }
            Entry entry = leader.handedOut.entry(index);
            if (index <= committed.size()) {
                check(
                        committed.get((int) index - 1).entry.equals(entry),
                        () -> "committed for ever: " + committed.get((int) entry.raftIndex() - 1) + " and " + entry);
            } else {
                check(
                        index == committed.size() + 1,
                        () -> "committed in order: " + entry + " behind " + committed.size());
                committed.add(new Committed(entry, status.hardState().term()));
            }
        }
        Entry last = committed.get((int) end - 1).entry;
        check(
                last.term() == status.hardState().term(),
                () -> "a leader commits by an entry of its own term (5.4.2): " + last + " in " + status.hardState());
        LongPredicate isDurable = id -> leader.world.member(id).hasDurably(last);
        check(
                isQuorum(status.confState().voters(), isDurable)
                        && isQuorum(status.confState().votersOutgoing(), isDurable),
                () -> "committed is durable on a quorum: " + last + " by " + leader.id + " of "
                        + Texts.of(status.confState()));
    }

    private static boolean isQuorum(Set<Long> voters, LongPredicate yes) {
        long count = voters.stream().filter(yes::test).count();
        return voters.isEmpty() || count > voters.size() / 2;
    }

    /// Only one node speaks as a term's leader, and what a message promises is durable.
    void onSent(Member sender, Message message) {
        HardState durable = sender.disk.stored.syncedState();
        boolean holds = switch (message) {
            case Message.Vote vote -> vote.preVote() || hasVoted(durable, vote.term(), sender.id);
            case Message.VoteResponse response -> response.preVote()
                    || response.rejected()
                    || hasVoted(durable, response.term(), response.to());
            // One of an earlier term may speak of what was replaced since: its leader cannot have a quorum any more.
            case Message.AppendResponse response -> response.rejected()
                    || response.term() < durable.term()
                    || response.matchIndex() <= sender.disk.stored.durableIndex();
            default -> true;
        };
        check(holds, () -> "a promise is durable: " + message + " with " + durable + " and " + sender.disk.stored);
        if (message instanceof Message.VoteResponse refusal && refusal.commitIndex() > 0) {
            check(
                    refusal.commitIndex() <= committed.size()
                            && committed.get((int) refusal.commitIndex() - 1).entry.term() == refusal.commitTerm(),
                    () -> "what is said to be committed is: " + refusal);
        }
        boolean leads = message instanceof Message.Append
                || message instanceof Message.Heartbeat
                || message instanceof Message.InstallSnapshot
                || message instanceof Message.TimeoutNow;
        if (leads) {
            Long known = leaderOfTerm.putIfAbsent(message.term(), message.from());
            check(
                    known == null || known == message.from(),
                    () -> "election safety: " + known + " led before " + message);
        }
    }

    private static boolean hasVoted(HardState durable, long term, long nodeId) {
        return durable.term() > term || durable.term() == term && durable.votedFor() == nodeId;
    }

    /// Log matching: entries of one index and term are equal, and so are, by induction, all before them. A leader
    /// never replaces what it has.
    void onHandedOut(Member member, boolean leads, List<Entry> entries) {
        long lastBefore = member.handedOut.lastIndex();
        if (!entries.isEmpty() && leads && member.ledHandedOutTerm == member.ledTerm) {
            check(
                    entries.getFirst().raftIndex() == lastBefore + 1,
                    () -> "leader append-only: " + entries.getFirst() + " at leader " + member.id + " behind "
                            + lastBefore);
        }
        member.ledHandedOutTerm = leads ? member.ledTerm : 0;
        member.handedOut.onAppended(null, entries);
        for (Entry entry : entries) {
            Made now = new Made(entry, member.handedOut.termAt(entry.raftIndex() - 1));
            Made known = made.putIfAbsent(new Place(entry.term(), entry.raftIndex()), now);
            check(known == null || known.equals(now), () -> "log matching: " + known + " and " + now);
        }
    }

    /// Leader completeness: who leads has every entry that was committed in a term before its own.
    void onLeader(Member leader) {
        for (long index = leader.handedOut.baseIndex() + 1; index <= committed.size(); index++) {
            Committed known = committed.get((int) index - 1);
            check(
                    known.inTerm >= leader.ledTerm
                            || leader.handedOut.has(index) && leader.handedOut.entry(index).equals(known.entry),
                    () -> "leader completeness: leader " + leader.id + " of term " + leader.ledTerm + " lacks " + known);
        }
    }

    /// State machine safety; each command at one place only, and none that was dropped.
    void onApplied(StateMachine state, Entry entry) {
        int place = (int) entry.raftIndex() - 1;
        check(place <= applied.size(), () -> "nothing is applied that was not: " + entry);
        check(
                place < committed.size() && committed.get(place).entry.equals(entry),
                () -> "only committed entries are applied: " + entry);
        if (place < applied.size()) {
            check(applied.get(place).equals(state), () -> "state machine safety at " + entry);
            return;
        }
        applied.add(state);
        if (entry.type() == EntryType.CONF_CHANGE) {
            lastConfIndex = entry.raftIndex();
        }
        StateMachine.Command command = StateMachine.Command.find(entry);
        if (command != null) {
            Long index = indexOfCommand.putIfAbsent(command.id(), entry.raftIndex());
            check(index == null, () -> "applied once: " + entry + " also at " + index);
            check(!dropped.contains(command.id()), () -> "a dropped proposal has no effect: " + entry);
        }
    }

    /// A snapshot is what the log made.
    void onInstalled(StateMachine state) {
        int place = (int) state.raftIndex() - 1;
        check(place < applied.size() && applied.get(place).equals(state), () -> "a snapshot is of one history");
    }

    void onAcknowledged(long commandId) {
        check(isApplied(commandId), () -> "acknowledged is applied: " + commandId);
    }

    void onDropped(long commandId) {
        dropped.add(commandId);
    }
}
