package tenon.server.quota;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tenon.api.Clock;
import tenon.server.alarm.Alarms;
import tenon.server.error.EtcdError;
import tenon.server.kv.KvService;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.CompactionResponse;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;

/// Lets pass what the quota has room for. Of what it has not, nothing is proposed but the NOSPACE alarm, once; the
/// caller is refused when the alarm is raised, or could not be.
public final class QuotaKvService implements KvService {
    private final KvService next;
    private final Quota quota;
    private final Alarms alarms;
    private final SpaceAlarm spaceAlarm;
    private final Clock clock;
    private final StageRecorder stages;

    public QuotaKvService(
            KvService next,
            Quota quota,
            Alarms alarms,
            SpaceAlarm spaceAlarm,
            Clock clock,
            StageRecorder stages) {
        this.next = next;
        this.quota = quota;
        this.alarms = alarms;
        this.spaceAlarm = spaceAlarm;
        this.clock = clock;
        this.stages = stages;
    }

    @Override
    public CompletableFuture<RangeResponse> range(RangeRequest request) {
        return next.range(request);
    }

    @Override
    public CompletableFuture<PutResponse> put(PutRequest request) {
        return guarded(RequestCost.ofPut(request), () -> next.put(request));
    }

    @Override
    public CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request) {
        return next.deleteRange(request);
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request) {
        return guarded(RequestCost.ofTxn(request), () -> next.txn(request));
    }

    @Override
    public CompletableFuture<CompactionResponse> compact(CompactionRequest request) {
        return next.compact(request);
    }

    private <T> CompletableFuture<T> guarded(long costBytes, Supplier<CompletableFuture<T>> request) {
        long beginNs = clock.monotonicNs();
        boolean capped = costBytes > 0 && alarms.stands(AlarmType.NOSPACE);
        boolean admitted = !capped && quota.admits(costBytes);
        stages.record(Stage.QUOTA, clock.monotonicNs() - beginNs);
        if (admitted) {
            return request.get();
        }
        if (capped) {
            return CompletableFuture.failedFuture(EtcdError.NO_SPACE.exception());
        }
        return spaceAlarm.raise().handle((_, _) -> {
            throw EtcdError.NO_SPACE.exception();
        });
    }
}
