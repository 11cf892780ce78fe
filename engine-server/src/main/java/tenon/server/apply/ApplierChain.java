package tenon.server.apply;

import tenon.server.alarm.Alarms;
import tenon.server.auth.AuthStore;
import tenon.server.quota.Quota;
import tenon.server.quota.SpaceAlarm;

/// The one place where the layers that a log entry's request runs through are put together.
public final class ApplierChain {
    private ApplierChain() {}

    /// corrupt → capped → auth → quota → backend.
    public static Applier assemble(
            Applier backend, Alarms alarms, AuthStore auth, Quota quota, SpaceAlarm spaceAlarm) {
        Applier checked = new AuthApplier(new QuotaApplier(backend, quota, spaceAlarm), auth);
        return new CorruptApplier(new CappedApplier(checked, alarms), alarms);
    }
}
