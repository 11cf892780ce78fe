package tenon.server.maintenance;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tenon.mvcc.KeyRange;
import tenon.mvcc.MvccStore;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.server.alarm.Alarms;
import tenon.server.error.EtcdError;
import tenon.server.kv.Deadlines;
import tenon.server.kv.LinearizableReads;
import tenon.server.kv.ReaderThreads;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmType;

/// Whether a node does its work: what it knows of itself, and then a read, as a client's would be done. All answers come
/// within the time that a request has, and say what is wrong, or nothing. Safe for use by any thread.
final class Health {
    private static final String WELL = "";
    /// Also if there are no keys, the read goes to where they would be.
    private static final RangeOptions ONE_KEY = new RangeOptions(0, 1, false);

    private final MvccStore store;
    private final ReaderThreads readers;
    private final LinearizableReads linearizable;
    private final Deadlines deadlines;
    private final ReplicationLoop loop;
    private final Alarms alarms;
    private final BooleanSupplier isLearner;
    private final Supplier<Throwable> failure;
    private final Supplier<EtcdError> refusal;

    /// The ways of a read.
    record Reading(
            MvccStore store, ReaderThreads readers, LinearizableReads linearizable, Deadlines deadlines) {}

    /// What the node knows of itself.
    ///
    /// @param isLearner whether this member has no vote, as of now
    /// @param failure what ended the node's work, null while all is well
    /// @param refusal why clients are not served, null while they are
    record Knowledge(
            ReplicationLoop loop,
            Alarms alarms,
            BooleanSupplier isLearner,
            Supplier<Throwable> failure,
            Supplier<EtcdError> refusal) {}

    Health(Reading reading, Knowledge knowledge) {
        this.store = reading.store;
        this.readers = reading.readers;
        this.linearizable = reading.linearizable;
        this.deadlines = reading.deadlines;
        this.loop = knowledge.loop;
        this.alarms = knowledge.alarms;
        this.isLearner = knowledge.isLearner;
        this.failure = knowledge.failure;
        this.refusal = knowledge.refusal;
    }

    /// See [MaintenanceService#healthProblem].
    CompletableFuture<String> problem(Set<AlarmType> ignoredAlarms, boolean serializable) {
        String known = knownProblem(ignoredAlarms, serializable);
        return known.isEmpty()
                ? clientRead(serializable).thenApply(problem -> problem.isEmpty() ? WELL : "RANGE ERROR:" + problem)
                : CompletableFuture.completedFuture(known);
    }

    private String knownProblem(Set<AlarmType> ignoredAlarms, boolean serializable) {
        if (failure.get() != null) {
            return failureText();
        }
        for (AlarmMember alarm : alarms.all()) {
            if (!ignoredAlarms.contains(alarm.getAlarm())) {
                return "ALARM " + alarm.getAlarm();
            }
        }
        return serializable || loop.view().hasLeader() ? WELL : "RAFT NO LEADER";
    }

    /// See [MaintenanceService#check].
    CompletableFuture<String> check(HealthCheck check) {
        return switch (check) {
            case LOCAL_READ -> read(true);
            case SERIALIZABLE_READ -> clientRead(true);
            case LINEARIZABLE_READ -> clientRead(false);
            case DATA_CORRUPTION -> known(alarms.stands(AlarmType.CORRUPT), "alarm activated: CORRUPT");
            case NON_LEARNER -> known(isLearner.getAsBoolean(), "not supported for learner");
        };
    }

    private static CompletableFuture<String> known(boolean isWrong, String problem) {
        return CompletableFuture.completedFuture(isWrong ? problem : WELL);
    }

    private CompletableFuture<String> clientRead(boolean serializable) {
        EtcdError reason = refusal.get();
        return reason == null ? read(serializable) : CompletableFuture.completedFuture(reason.text());
    }

    private CompletableFuture<String> read(boolean serializable) {
        if (failure.get() != null) {
            return CompletableFuture.completedFuture(failureText());
        }
        CompletableFuture<Void> ready =
                serializable ? CompletableFuture.completedFuture(null) : linearizable.ready();
        CompletableFuture<String> read = ready.thenCompose(_ -> readers.submit(false, this::readOneKey))
                .handle((_, error) -> error == null ? WELL : textOf(error));
        CompletableFuture<String> inTime = read.copy();
        deadlines.add(inTime);
        return inTime.exceptionally(Health::textOf);
    }

    private Void readOneKey() {
        try (ReadTxn view = store.read()) {
            view.range(KeyRange.all(), ONE_KEY);
            return null;
        }
    }

    private String failureText() {
        return "FAILED " + failure.get().getMessage();
    }

    private static String textOf(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
