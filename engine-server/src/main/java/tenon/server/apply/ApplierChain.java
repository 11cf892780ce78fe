package tenon.server.apply;

import tenon.server.alarm.Alarms;
import tenon.server.quota.Quota;
import tenon.server.quota.SpaceAlarm;

/// The one place where the layers that a log entry's request runs through are put together.
public final class ApplierChain {
    private ApplierChain() {}

    /// corrupt → capped → quota → backend.
    public static Applier assemble(Applier backend, Alarms alarms, Quota quota, SpaceAlarm spaceAlarm) {
        return new CorruptApplier(new CappedApplier(new QuotaApplier(backend, quota, spaceAlarm), alarms), alarms);
    }
}
