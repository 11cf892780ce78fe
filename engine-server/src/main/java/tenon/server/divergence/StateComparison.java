package tenon.server.divergence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.Backend;
import tenon.mvcc.MvccStore;
import tenon.mvcc.StateHash;
import tenon.server.alarm.AlarmStore;
import tenon.server.alarm.Alarms;
import tenon.server.divergence.stored.Round;
import tenon.server.divergence.stored.StateCheck;
import tenon.server.divergence.stored.Told;
import tenon.server.error.DivergedException;
import tenon.server.membership.MembershipStore;
import tenon.server.rpc.AlarmType;

/// Carries out the entries by which members compare their states: notes what this one has come to at a take, gathers what
/// members tell of it, and raises the CORRUPT alarm of those that differ. Changes are for the apply thread; any thread may
/// look.
public final class StateComparison {
    private static final System.Logger LOG = System.getLogger(StateComparison.class.getName());
    static final String BUCKET = "divergence";
    static final byte[] ROUND_KEY = "round".getBytes(StandardCharsets.UTF_8);

    private final MvccStore store;
    private final AlarmStore alarms;
    private final MembershipStore membership;
    private final long selfId;
    private volatile Consumer<Round> listener = _ -> {};
    // Invariant: equal to what the bucket holds; without `noted` before the first take.
    private volatile Round round;
    // Of the apply thread.
    private boolean incomparableWasSaid;

    /// @param selfId of this member
    public StateComparison(MvccStore store, AlarmStore alarms, MembershipStore membership, long selfId) {
        this.store = store;
        this.alarms = alarms;
        this.membership = membership;
        this.selfId = selfId;
        this.round = load(store);
    }

    private static Round load(MvccStore store) {
        byte[] stored = store.backend().get(BUCKET, ROUND_KEY);
        try {
            return stored == null ? Round.getDefaultInstance() : Round.parseFrom(stored);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the bucket " + BUCKET + " holds a round that cannot be read", e);
        }
    }

    /// Takes out of a store what members have told under the log that made it. Another log, whose indexes begin anew, must
    /// not go on from there: that take would lie ahead of it, and count as one of its own.
    public static void forget(Backend backend) {
        backend.list(BUCKET).forEach(record -> backend.delete(BUCKET, record.key()));
    }

    /// The last take, and what is known of it.
    Round round() {
        return round;
    }

    Judgement judgement() {
        return Judgement.of(membership.members(), round.getToldList());
    }

    /// @param listener is told, on the apply thread, of each change of the round; its entry is not yet applied then
    void onRound(Consumer<Round> listener) {
        this.listener = listener;
    }

    /// Carries out an entry.
    ///
    /// @throws DivergedException if applying the log again does not lead to what this member, which is alone, has told
    public void apply(StateCheck check, AppliedIndex at) {
        switch (check.getStepCase()) {
            case TAKE -> take(at);
            case TOLD -> tell(check.getTold());
            // Of a later version; nothing in the state depends on it.
            case STEP_NOT_SET -> {}
        }
    }

    private void take(AppliedIndex at) {
        StateHash hash = store.stateHash();
        keep(Round.newBuilder()
                .setNoted(Told.newBuilder()
                        .setTakeIndex(at.raftIndex())
                        .setRevision(store.currentRevision())
                        .setHash(hash.value())
                        .setSinceRevision(hash.sinceRevision()))
                .build());
    }

    private void tell(Told told) {
        Round known = round;
        long memberId = told.getMemberId();
        boolean counts = known.hasNoted()
                && told.getTakeIndex() == known.getNoted().getTakeIndex()
                && membership.members().find(memberId) != null
                && known.getToldList().stream().noneMatch(one -> one.getMemberId() == memberId);
        if (!counts) {
            return;
        }
        if (isAlone() && memberId == selfId && !Judgement.isSame(told, known.getNoted())) {
            throw DivergedException.ofReplay(
                    store.currentRevision(), told.getTakeIndex(), text(told), text(known.getNoted()));
        }
        keep(known.toBuilder().addTold(told).build());
        judge();
    }

    private boolean isAlone() {
        return membership.members().voters().stream().allMatch(voter -> voter.getID() == selfId);
    }

    private void judge() {
        Judgement judgement = judgement();
        for (Told told : judgement.diverged()) {
            if (!isAlarmed(told.getMemberId())) {
                say(told, judgement.reference());
                alarms.apply(Alarms.activation(told.getMemberId(), AlarmType.CORRUPT));
            }
        }
        if (!judgement.incomparable().isEmpty() && !incomparableWasSaid) {
            incomparableWasSaid = true;
            LOG.log(
                    Level.WARNING,
                    "not all members keep their state hash since the same revision, so not all can be compared: {0}",
                    judgement.incomparable().stream().map(StateComparison::memberText).toList());
        }
    }

    /// Is asked for each call of a client: mostly nothing is wrong with anybody.
    private boolean isAlarmed(long memberId) {
        return alarms.stands(AlarmType.CORRUPT)
                && alarms.ofType(AlarmType.CORRUPT).stream().anyMatch(alarm -> alarm.getMemberID() == memberId);
    }

    /// Whether this member is one of those that differ, so that it serves nobody.
    boolean isSelfDiverged() {
        return isAlarmed(selfId);
    }

    private void say(Told told, Told reference) {
        String others = reference == null
                ? "and no quorum agrees on another"
                : "that of a quorum is " + text(reference);
        String who = told.getMemberId() == selfId
                ? "this member differs from the others and serves no clients any more; remove it, and add it anew with an"
                        + " empty data directory"
                : "member " + Long.toHexString(told.getMemberId()) + " differs from the others";
        LOG.log(
                Level.ERROR,
                "{0}: at revision {1}, entry {2}, its state hash is {3}, {4}",
                who,
                Long.toString(told.getRevision()),
                Long.toString(told.getTakeIndex()),
                text(told),
                others);
    }

    static String text(Told told) {
        StateHash hash = new StateHash(told.getHash(), told.getSinceRevision());
        return hash.toString();
    }

    private static String memberText(Told told) {
        return Long.toHexString(told.getMemberId()) + ": since " + told.getSinceRevision();
    }

    private void keep(Round next) {
        store.backend().put(BUCKET, ROUND_KEY, next.toByteArray());
        round = next;
        listener.accept(next);
    }
}
