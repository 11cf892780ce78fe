package tenon.server.divergence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tenon.server.divergence.stored.Told;
import tenon.server.membership.Members;
import tenon.server.rpc.Member;

/// What comes out of what members have told of one take. Follows from that and from who the members are, so that all of
/// them come to the same.
///
/// @param reference what a quorum agrees on; null if none does, or not yet
/// @param diverged what does not agree: with the quorum, or, if there can be none any more, with one another
/// @param incomparable what began at another revision than the reference, so that nobody knows
record Judgement(Told reference, List<Told> diverged, List<Told> incomparable) {
    private static final Judgement OPEN = new Judgement(null, List.of(), List.of());

    /// A state, whoever is in it.
    private record State(long since, long revision, long hash) {
        static State of(Told told) {
            return new State(told.getSinceRevision(), told.getRevision(), told.getHash());
        }
    }

    /// @param told one of a member at most
    static Judgement of(Members members, Collection<Told> told) {
        List<Told> counted =
                told.stream().filter(one -> members.find(one.getMemberId()) != null).toList();
        return of(members.voters().stream().map(Member::getID).collect(Collectors.toSet()), counted);
    }

    /// @param counted of voters and learners, one of each at most
    static Judgement of(Set<Long> voters, List<Told> counted) {
        int quorum = voters.size() / 2 + 1;
        Map<State, Integer> votes = new LinkedHashMap<>();
        int untold = voters.size();
        for (Told one : counted) {
            if (voters.contains(one.getMemberId())) {
                untold--;
                votes.merge(State.of(one), 1, Integer::sum);
            }
        }
        int most = votes.values().stream().mapToInt(count -> count).max().orElse(0);
        if (most >= quorum) {
            return against(counted, counted.stream()
                    .filter(one -> votes.getOrDefault(State.of(one), 0) >= quorum)
                    .findFirst()
                    .orElseThrow());
        }
        return most + untold >= quorum ? OPEN : amongThemselves(counted);
    }

    private static Judgement against(List<Told> told, Told reference) {
        List<Told> diverged = new ArrayList<>();
        List<Told> incomparable = new ArrayList<>();
        for (Told one : told) {
            if (one.getSinceRevision() != reference.getSinceRevision()) {
                incomparable.add(one);
            } else if (!isSame(one, reference)) {
                diverged.add(one);
            }
        }
        return new Judgement(reference, diverged, incomparable);
    }

    /// Whoever is in a state that contradicts another's.
    private static Judgement amongThemselves(List<Told> told) {
        Map<Long, Set<State>> states = new LinkedHashMap<>();
        told.forEach(one -> states.computeIfAbsent(one.getSinceRevision(), _ -> new HashSet<>())
                .add(State.of(one)));
        List<Told> diverged = told.stream()
                .filter(one -> states.get(one.getSinceRevision()).size() > 1)
                .toList();
        List<Told> incomparable = told.stream()
                .filter(one -> states.get(one.getSinceRevision()).size() == 1)
                .toList();
        return new Judgement(null, diverged, incomparable);
    }

    static boolean isSame(Told one, Told other) {
        return State.of(one).equals(State.of(other));
    }

    boolean isDecided() {
        return this != OPEN;
    }

    boolean isDiverged(long memberId) {
        return isAmong(diverged, memberId);
    }

    boolean isIncomparable(long memberId) {
        return isAmong(incomparable, memberId);
    }

    private static boolean isAmong(List<Told> told, long memberId) {
        return told.stream().anyMatch(one -> one.getMemberId() == memberId);
    }
}
