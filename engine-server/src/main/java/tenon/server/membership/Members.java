package tenon.server.membership;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tenon.server.rpc.Member;

/// Who takes part as of an entry of the log, and who once did. Immutable; a change makes a new one.
public final class Members {
    /// Before a cluster is founded, or joined.
    public static final Members NOBODY = new Members(List.of(), Set.of());

    // Invariant: ascending by id as an unsigned number; no id is in both.
    private final NavigableMap<Long, Member> byId;
    private final Set<Long> removedIds;

    Members(Collection<Member> members, Set<Long> removedIds) {
        this(new TreeMap<>(Long::compareUnsigned), removedIds);
        members.forEach(member -> byId.put(member.getID(), member));
    }

    private Members(NavigableMap<Long, Member> byId, Set<Long> removedIds) {
        this.byId = byId;
        this.removedIds = removedIds;
    }

    /// All of them, by id.
    public List<Member> all() {
        return List.copyOf(byId.values());
    }

    /// Those who vote, by id.
    public List<Member> voters() {
        return byId.values().stream().filter(member -> !member.getIsLearner()).toList();
    }

    /// Null if there is none.
    public Member find(long memberId) {
        return byId.get(memberId);
    }

    /// Whether there once was such a member. It never comes back.
    public boolean isRemoved(long memberId) {
        return removedIds.contains(memberId);
    }

    /// Of all members that were removed.
    public Set<Long> removedIds() {
        return Collections.unmodifiableSet(removedIds);
    }

    public boolean isLearner(long memberId) {
        Member member = byId.get(memberId);
        return member != null && member.getIsLearner();
    }

    /// With this member, in place of one of its id.
    Members with(Member member) {
        NavigableMap<Long, Member> next = new TreeMap<>(byId);
        next.put(member.getID(), member);
        return new Members(next, removedIds);
    }

    /// Without a member that does not come back.
    Members without(long memberId) {
        NavigableMap<Long, Member> next = new TreeMap<>(byId);
        next.remove(memberId);
        Set<Long> removed = new TreeSet<>(removedIds);
        removed.add(memberId);
        return new Members(next, removed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Members members
                && byId.equals(members.byId)
                && removedIds.equals(members.removedIds);
    }

    @Override
    public int hashCode() {
        return 31 * byId.hashCode() + removedIds.hashCode();
    }

    @Override
    public String toString() {
        return MemberTexts.of(all());
    }
}
