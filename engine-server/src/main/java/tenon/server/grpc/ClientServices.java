package tenon.server.grpc;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tenon.server.auth.AuthService;
import tenon.server.error.EtcdError;
import tenon.server.http.Pages;
import tenon.server.kv.KvService;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.membership.MembershipService;
import tenon.server.metrics.StageRecorder;
import tenon.server.watch.WatchService;

/// What a [ClientListener] serves.
///
/// @param hasLeader whether this node knows a leader; must not block
/// @param refusal why clients are not served, null while they are; must not block
/// @param metrics appends the node's own metrics as Prometheus text; those of calls are added to it
/// @param versions what `/version` tells
/// @param stages where the first stop of writes is timed
public record ClientServices(
        KvService kv,
        MaintenanceService maintenance,
        AuthService auth,
        MembershipService membership,
        WatchService watch,
        BooleanSupplier hasLeader,
        Supplier<EtcdError> refusal,
        Consumer<? super StringBuilder> metrics,
        Pages.Versions versions,
        StageRecorder stages) {
    /// Always serves, and times stops for nobody.
    public ClientServices(
            KvService kv,
            MaintenanceService maintenance,
            AuthService auth,
            MembershipService membership,
            WatchService watch,
            BooleanSupplier hasLeader,
            Consumer<? super StringBuilder> metrics,
            Pages.Versions versions) {
        this(kv, maintenance, auth, membership, watch, hasLeader, () -> null, metrics, versions, new StageRecorder());
    }
}
