package tenon.server.alarm;

import java.util.List;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmType;

/// The alarms that stand. Safe for use by any thread.
public interface Alarms {
    /// All of them, by member and type.
    List<AlarmMember> all();

    /// Those of a type, all for [AlarmType#NONE].
    List<AlarmMember> ofType(AlarmType type);

    /// Whether any member raised an alarm of this type.
    boolean stands(AlarmType type);

    /// What raises the alarm of a member.
    static AlarmRequest activation(long memberId, AlarmType type) {
        return AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                .setMemberID(memberId)
                .setAlarm(type)
                .build();
    }
}
