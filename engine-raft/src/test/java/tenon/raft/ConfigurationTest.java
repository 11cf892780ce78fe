package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.ConfState;
import tenon.api.MisuseException;
import tenon.testkit.Seeds;

class ConfigurationTest {
    private static final ConfState THREE = ConfState.ofVoters(Set.of(1L, 2L, 3L));

    private static Step add(long nodeId) {
        return new Step(StepType.ADD_VOTER, nodeId);
    }

    private static Step learn(long nodeId) {
        return new Step(StepType.ADD_LEARNER, nodeId);
    }

    private static Step remove(long nodeId) {
        return new Step(StepType.REMOVE, nodeId);
    }

    private static ConfChange change(Transition transition, Step... steps) {
        return new ConfChange(transition, List.of(steps), new byte[0]);
    }

    private static ConfState apply(ConfState from, ConfChange... changes) {
        Configuration configuration = new Configuration(from);
        for (ConfChange change : changes) {
            configuration = configuration.apply(change);
        }
        return configuration.state();
    }

    @Test
    void shouldChangeOneVoterAtOnce() {
        assertEquals(Set.of(1L, 2L, 3L, 4L), apply(THREE, change(Transition.AUTO, add(4))).voters());
        assertEquals(ConfState.ofVoters(Set.of(1L, 3L)), apply(THREE, change(Transition.AUTO, remove(2))));
        assertEquals(
                new ConfState(Set.of(1L, 2L), Set.of(), Set.of(3L, 4L), Set.of(), false),
                apply(THREE, change(Transition.AUTO, learn(3), learn(4))));
    }

    @Test
    void shouldPassThroughAJointConfigurationWhenTwoVotersChange() {
        ConfState joint = apply(THREE, change(Transition.AUTO, remove(1), add(4)));
        assertEquals(new ConfState(Set.of(2L, 3L, 4L), Set.of(1L, 2L, 3L), Set.of(), Set.of(), true), joint);
        assertEquals(ConfState.ofVoters(Set.of(2L, 3L, 4L)), apply(joint, change(Transition.AUTO)));
    }

    @Test
    void shouldKeepTheVoteOfAVoterThatBecomesALearnerWhileJoint() {
        ConfState joint = apply(THREE, change(Transition.JOINT_EXPLICIT, learn(3)));
        assertEquals(new ConfState(Set.of(1L, 2L), Set.of(1L, 2L, 3L), Set.of(), Set.of(3L), false), joint);
        assertEquals(
                new ConfState(Set.of(1L, 2L), Set.of(), Set.of(3L), Set.of(), false),
                apply(joint, change(Transition.AUTO)));
    }

    @Test
    void shouldLeaveByItselfOnlyIfAskedTo() {
        assertEquals(true, apply(THREE, change(Transition.JOINT_IMPLICIT, add(4))).autoLeave());
        assertEquals(false, apply(THREE, change(Transition.JOINT_EXPLICIT, add(4))).autoLeave());
    }

    @Test
    void shouldChangeNothingWithoutStepsUnlessJoint() {
        assertEquals(THREE, apply(THREE, change(Transition.AUTO)));
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        ConfState joint = apply(THREE, change(Transition.AUTO, add(4), add(5)));
        assertThrows(MisuseException.class, () -> apply(joint, change(Transition.AUTO, add(6))));
        assertThrows(MisuseException.class, () -> apply(ConfState.ofVoters(Set.of(1L)), change(Transition.AUTO, remove(1))));
        assertThrows(MisuseException.class, () -> apply(THREE, change(Transition.AUTO, add(0))));
        assertThrows(
                MisuseException.class,
                () -> new Configuration(new ConfState(Set.of(1L), Set.of(), Set.of(1L), Set.of(), false)));
        assertThrows(
                MisuseException.class,
                () -> new Configuration(new ConfState(Set.of(1L), Set.of(), Set.of(), Set.of(), true)));
    }

    @Test
    void shouldKeepTheBytesOfAChange() {
        ConfChange change = new ConfChange(Transition.JOINT_EXPLICIT, List.of(add(1), remove(0x0102)), new byte[] {9});
        byte[] bytes = HexFormat.of().parseHex("0102020000010000000000000002020100000000000009");
        assertArrayEquals(bytes, ConfChangeCodec.encode(change));
        ConfChange decoded = ConfChangeCodec.decode(bytes);
        assertEquals(change.steps(), decoded.steps());
        assertEquals(change.transition(), decoded.transition());
        assertArrayEquals(change.context(), decoded.context());
    }

    @Test
    void shouldDecodeWhatItEncodedAndRefuseWhatIsCutOrUnknown() {
        RandomGenerator random = Seeds.random(ConfigurationTest.class);
        for (int i = 0; i < 200; i++) {
            List<Step> steps = new ArrayList<>();
            for (int n = random.nextInt(5); n > 0; n--) {
                steps.add(new Step(StepType.values()[random.nextInt(3)], random.nextLong()));
            }
            byte[] context = new byte[random.nextInt(20)];
            random.nextBytes(context);
            Transition transition = Transition.values()[random.nextInt(3)];
            byte[] bytes = ConfChangeCodec.encode(new ConfChange(transition, steps, context));
            ConfChange decoded = ConfChangeCodec.decode(bytes);
            assertEquals(steps, decoded.steps());
            assertEquals(transition, decoded.transition());
            assertArrayEquals(context, decoded.context());
            byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length - context.length));
            assertThrows(MisuseException.class, () -> ConfChangeCodec.decode(cut));
            byte[] newer = bytes.clone();
            newer[0] = 2;
            assertThrows(MisuseException.class, () -> ConfChangeCodec.decode(newer));
            byte[] strange = bytes.clone();
            strange[1] = 3;
            assertThrows(MisuseException.class, () -> ConfChangeCodec.decode(strange));
        }
    }
}
