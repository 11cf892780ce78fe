package tenon.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.ConfState;
import tenon.server.simulation.Tally.Event;

/// Who looks after the cluster: changes its members for no reason, hands over leadership, and replaces a member whose
/// log is refused.
final class Operator {
    private static final int ROUND_UNITS = 7 * Timeline.TICK_UNITS;

    private final World world;

    /// Whose log is refused and who is still a member, or null.
    private Member lost;

    /// Who comes in the place of the last one lost, until it has caught up; or null.
    private Member substitute;

    Operator(World world) {
        this.world = world;
    }

    void begin() {
        world.timeline.after(ROUND_UNITS, this::look);
    }

    private void look() {
        begin();
        if (lost == null) {
            lost = world.members().stream()
                    .filter(member -> member.isRefused() && isMember(member))
                    .findFirst()
                    .orElse(null);
        }
        Member leader = world.findLeader();
        if (leader != null && (lost != null || substitute != null)) {
            replaceAt(leader);
        }
    }

    boolean isReplacing() {
        return lost != null || substitute != null || world.members().stream().anyMatch(Member::isRefusedMember);
    }

    private boolean isMember(Member member) {
        ConfState conf = world.laws.lastConfState();
        return conf.voters().contains(member.id) || conf.learners().contains(member.id);
    }

    /// First out, then in: the other way round, a quorum of more could be lost in between.
    private void replaceAt(Member leader) {
        ConfState conf = leader.state().confState();
        if (lost != null) {
            if (conf.voters().contains(lost.id)) {
                propose(leader, List.of(new Step(StepType.REMOVE, lost.id)), Transition.AUTO);
            } else {
                lost = null;
                substitute = world.addNew();
            }
        } else if (!conf.voters().contains(substitute.id)) {
            boolean learns = conf.learners().contains(substitute.id);
            StepType type = learns || substitute.id % 2 == 0 ? StepType.ADD_VOTER : StepType.ADD_LEARNER;
            propose(leader, List.of(new Step(type, substitute.id)), Transition.AUTO);
        } else {
            world.tally.count(Event.MEMBERS_REPLACED);
            substitute = null;
        }
    }

    private boolean propose(Member member, List<Step> steps, Transition transition) {
        boolean taken = member.proposeConfChange(new ConfChange(transition, steps, new byte[0]));
        if (taken) {
            world.tally.count(Event.CONF_CHANGES_PROPOSED);
            world.trace.note(member.id, "change", () -> transition + " " + steps);
        }
        return taken;
    }

    /// Whether the cluster surely goes on if this member loses its disk: all others know the configuration for good,
    /// nothing is about to change, and nobody else is lost.
    boolean canSpare(Member victim) {
        ConfState conf = world.laws.lastConfState();
        if (isReplacing() || conf.voters().size() < 3 || !conf.votersOutgoing().isEmpty()) {
            return false;
        }
        for (Member member : world.members()) {
            if (member.isRefused() || !conf.voters().contains(member.id)) {
                continue;
            }
            boolean knows = member.disk.checkpoint().confState().equals(conf)
                    && member.handedOut.confChangesBehind(world.laws.lastConfIndex()) == 0;
            if (!knows || member != victim && member.isRotten()) {
                return false;
            }
        }
        return conf.voters().contains(victim.id);
    }

    /// Proposes a change that need not make sense.
    void changeAnything(RandomGenerator random) {
        Member leader = random.nextInt(4) == 0 ? null : world.findLeader();
        List<Member> all = List.copyOf(world.members());
        Member member = leader == null ? all.get(random.nextInt(all.size())) : leader;
        List<Step> steps = new ArrayList<>();
        int most = random.nextInt(3) == 0 ? all.size() : 3;
        for (int i = random.nextInt(most); i >= 0; i--) {
            long nodeId = 1L + random.nextInt(all.size());
            int dice = random.nextInt(5);
            steps.add(new Step(dice < 2 ? StepType.ADD_VOTER : dice < 4 ? StepType.REMOVE : StepType.ADD_LEARNER, nodeId));
        }
        Transition[] transitions = Transition.values();
        Transition transition = transitions[random.nextInt(transitions.length)];
        boolean leaves = random.nextInt(4) == 0;
        if (member.isUp()) {
            propose(member, leaves ? List.of() : steps, transition);
        }
        if (random.nextBoolean()) {
            StepType type = random.nextBoolean() ? StepType.ADD_VOTER : StepType.REMOVE;
            Step second = new Step(type, 1L + random.nextInt(all.size()));
            if (member.isUp()) {
                propose(member, List.of(second), Transition.AUTO);
            }
        }
    }

    void transfer(RandomGenerator random) {
        Member leader = world.findLeader();
        if (leader != null) {
            List<Long> voters =
                    List.copyOf(new TreeSet<>(leader.state().confState().voters()));
            long target = voters.get(random.nextInt(voters.size()));
            world.trace.note(leader.id, "transfer", () -> "to " + target);
            if (leader.transferTo(target)) {
                world.tally.count(Event.TRANSFERS);
            }
        }
    }

    /// Leaves a joint configuration that does not leave itself.
    void leaveJoint(Member leader) {
        ConfState conf = leader.state().confState();
        if (!conf.votersOutgoing().isEmpty() && !conf.autoLeave()) {
            propose(leader, List.of(), Transition.AUTO);
        }
    }
}
