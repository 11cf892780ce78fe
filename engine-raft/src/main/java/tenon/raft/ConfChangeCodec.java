package tenon.raft;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.MisuseException;

/// A [ConfChange] as the data of an entry. Little-endian; the numbers are part of the log's format.
///
/// ```
///  0         1            2            4               4 + 9 * count
///  +---------+------------+------------+---------------+---------+
///  | version | transition | step count | steps: u8 type| context |
///  | u8 = 1  | u8         | u16        | and i64 nodeId| to end  |
///  +---------+------------+------------+---------------+---------+
/// ```
public final class ConfChangeCodec {
    private static final int VERSION = 1;
    private static final int VERSION_OFFSET = 0;
    private static final int TRANSITION_OFFSET = 1;
    private static final int STEP_COUNT_OFFSET = 2;
    private static final int STEPS_OFFSET = 4;
    private static final int STEP_SIZE = 9;
    private static final int STEP_COUNT_MAX = 0xffff;

    private ConfChangeCodec() {}

    /// @throws MisuseException if there are more than 65,535 steps
    public static byte[] encode(ConfChange change) {
        List<Step> steps = change.steps();
        if (steps.size() > STEP_COUNT_MAX) {
            throw new MisuseException("a change of the configuration has at most " + STEP_COUNT_MAX + " steps");
        }
        byte[] data = new byte[STEPS_OFFSET + STEP_SIZE * steps.size() + change.context().length];
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(VERSION_OFFSET, (byte) VERSION);
        buffer.put(TRANSITION_OFFSET, (byte) number(change.transition()));
        buffer.putShort(STEP_COUNT_OFFSET, (short) steps.size());
        buffer.position(STEPS_OFFSET);
        for (Step step : steps) {
            buffer.put((byte) number(step.type())).putLong(step.nodeId());
        }
        buffer.put(change.context());
        return data;
    }

    /// @throws MisuseException if these bytes are no change of the configuration
    public static ConfChange decode(byte[] data) {
        if (data.length < STEPS_OFFSET || data[VERSION_OFFSET] != VERSION) {
            throw new MisuseException("not a change of the configuration, or of a newer version");
        }
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        int stepCount = Short.toUnsignedInt(buffer.getShort(STEP_COUNT_OFFSET));
        if (data.length < STEPS_OFFSET + STEP_SIZE * stepCount) {
            throw new MisuseException("a change of the configuration ends within its steps");
        }
        Transition transition = transition(buffer.get(TRANSITION_OFFSET));
        buffer.position(STEPS_OFFSET);
        List<Step> steps = new ArrayList<>(stepCount);
        for (int i = 0; i < stepCount; i++) {
            steps.add(new Step(stepType(buffer.get()), buffer.getLong()));
        }
        byte[] context = new byte[buffer.remaining()];
        buffer.get(context);
        return new ConfChange(transition, steps, context);
    }

    private static int number(Transition transition) {
        return switch (transition) {
            case AUTO -> 0;
            case JOINT_IMPLICIT -> 1;
            case JOINT_EXPLICIT -> 2;
        };
    }

    private static Transition transition(byte number) {
        return switch (number) {
            case 0 -> Transition.AUTO;
            case 1 -> Transition.JOINT_IMPLICIT;
            case 2 -> Transition.JOINT_EXPLICIT;
            default -> throw new MisuseException("unknown transition " + number);
        };
    }

    private static int number(StepType type) {
        return switch (type) {
            case ADD_VOTER -> 0;
            case ADD_LEARNER -> 1;
            case REMOVE -> 2;
        };
    }

    private static StepType stepType(byte number) {
        return switch (number) {
            case 0 -> StepType.ADD_VOTER;
            case 1 -> StepType.ADD_LEARNER;
            case 2 -> StepType.REMOVE;
            default -> throw new MisuseException("unknown type of step " + number);
        };
    }
}
