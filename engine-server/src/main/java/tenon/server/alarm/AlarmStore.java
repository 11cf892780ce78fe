package tenon.server.alarm;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tenon.mvcc.Backend;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmType;

/// Keeps the alarms in the backend: the encoded [AlarmMember] is the key, the value is empty. Changes are for the
/// writer's thread, and repeating one changes nothing; any thread may look.
public final class AlarmStore implements Alarms {
    /// Where they are kept.
    public static final String BUCKET = "alarm";

    private static final byte[] NO_VALUE = {};
    private static final Comparator<AlarmMember> ORDER =
            Comparator.comparingLong(AlarmMember::getMemberID).thenComparingInt(AlarmMember::getAlarmValue);

    private final Backend backend;
    // Invariant: equal to what the bucket holds, in order.
    private volatile List<AlarmMember> standing;

    public AlarmStore(Backend backend) {
        this.backend = backend;
        this.standing = load(backend);
    }

    @Override
    public List<AlarmMember> all() {
        return standing;
    }

    @Override
    public List<AlarmMember> ofType(AlarmType type) {
        return find(alarm -> isOfType(alarm, type));
    }

    @Override
    public boolean stands(AlarmType type) {
        for (AlarmMember member : standing) {
            if (member.getAlarm() == type) {
                return true;
            }
        }
        return false;
    }

    /// Carries out a request.
    ///
    /// @return the alarms that the request is about: those found, raised or disarmed
    public List<AlarmMember> apply(AlarmRequest request) {
        return switch (request.getAction()) {
            case GET -> ofType(request.getAlarm());
            case ACTIVATE -> activate(request);
            case DEACTIVATE -> deactivate(request);
            case UNRECOGNIZED -> List.of();
        };
    }

    private List<AlarmMember> activate(AlarmRequest request) {
        if (request.getAlarm() == AlarmType.NONE || request.getAlarm() == AlarmType.UNRECOGNIZED) {
            return List.of();
        }
        AlarmMember raised = AlarmMember.newBuilder()
                .setMemberID(request.getMemberID())
                .setAlarm(request.getAlarm())
                .build();
        if (!standing.contains(raised)) {
            backend.put(BUCKET, raised.toByteArray(), NO_VALUE);
            standing = Stream.concat(standing.stream(), Stream.of(raised)).sorted(ORDER).toList();
        }
        return List.of(raised);
    }

    /// A member id of 0 stands for all members.
    private List<AlarmMember> deactivate(AlarmRequest request) {
        List<AlarmMember> disarmed = find(alarm -> isOfType(alarm, request.getAlarm())
                && (request.getMemberID() == 0 || request.getMemberID() == alarm.getMemberID()));
        disarmed.forEach(alarm -> backend.delete(BUCKET, alarm.toByteArray()));
        standing = find(alarm -> !disarmed.contains(alarm));
        return disarmed;
    }

    private List<AlarmMember> find(Predicate<AlarmMember> wanted) {
        return standing.stream().filter(wanted).toList();
    }

    private static boolean isOfType(AlarmMember alarm, AlarmType wanted) {
        return wanted == AlarmType.NONE || wanted == alarm.getAlarm();
    }

    private static List<AlarmMember> load(Backend backend) {
        return backend.list(BUCKET).stream()
                .map(record -> decode(record.key()))
                .sorted(ORDER)
                .toList();
    }

    private static AlarmMember decode(byte[] key) {
        try {
            return AlarmMember.parseFrom(key);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the bucket " + BUCKET + " holds a record that is no alarm", e);
        }
    }
}
