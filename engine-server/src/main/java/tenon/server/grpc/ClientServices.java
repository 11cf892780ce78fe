package tenon.server.grpc;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tenon.server.auth.AuthService;
import tenon.server.http.Pages;
import tenon.server.kv.KvService;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.membership.MembershipService;
import tenon.server.metrics.StageRecorder;
import tenon.server.watch.WatchService;

/// What a [ClientListener] serves.
///
/// @param hasLeader whether this node knows a leader; must not block
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
        Consumer<? super StringBuilder> metrics,
        Pages.Versions versions,
        StageRecorder stages) {
    /// Times stops for nobody.
    public ClientServices(
            KvService kv,
            MaintenanceService maintenance,
            AuthService auth,
            MembershipService membership,
            WatchService watch,
            BooleanSupplier hasLeader,
            Consumer<? super StringBuilder> metrics,
            Pages.Versions versions) {
        this(kv, maintenance, auth, membership, watch, hasLeader, metrics, versions, new StageRecorder());
    }
}
