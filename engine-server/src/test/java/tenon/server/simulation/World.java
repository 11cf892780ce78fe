package tenon.server.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tenon.api.ConfChange;
import tenon.raft.RecoveredState;

/// All there is in a run: time, members, what joins them, and who watches.
final class World {
    final Shape shape;
    final Timeline timeline = new Timeline();
    final Trace trace;
    final Tally tally = new Tally();
    final Laws laws = new Laws();
    final History history;
    final Network network;

    // In the order in which they came.
    private final Map<Long, Member> members = new LinkedHashMap<>();

    World(Shape shape, boolean isTraced) {
        this.shape = shape;
        trace = new Trace(timeline, isTraced);
        history = new History(this, Shape.stream(shape.seed(), 3));
        network = new Network(this, Shape.stream(shape.seed(), 4));
    }

    void found() {
        List<ConfChange> founders = new ArrayList<>();
        for (long id = 1; id <= shape.founderCount(); id++) {
            founders.add(new ConfChange(
                    ConfChange.Transition.AUTO,
                    List.of(new ConfChange.Step(ConfChange.StepType.ADD_VOTER, id)),
                    new byte[0]));
        }
        RecoveredState founded = RecoveredState.founding(founders);
        laws.onFounded(founded.entries());
        for (long id = 1; id <= shape.founderCount(); id++) {
            add(id, founded);
        }
        for (int i = 0; i < shape.spareCount(); i++) {
            addNew();
        }
    }

    /// A node that waits to be made a member.
    Member addNew() {
        return add(members.size() + 1L, RecoveredState.joining());
    }

    private Member add(long id, RecoveredState first) {
        Member member = new Member(this, id, first);
        members.put(id, member);
        member.start();
        return member;
    }

    /// Null if there never was one.
    Member member(long id) {
        return members.get(id);
    }

    Collection<Member> members() {
        return members.values();
    }

    Set<Long> ids() {
        return members.keySet();
    }

    /// The leader of the highest term, or null.
    Member findLeader() {
        Member leader = null;
        for (Member member : members.values()) {
            if (member.leads() && (leader == null || member.ledTerm > leader.ledTerm)) {
                leader = member;
            }
        }
        return leader;
    }
}
