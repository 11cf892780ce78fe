/// # The client side of a node
///
/// [tenon.server.grpc.ClientListener] serves the etcd v3 API, gRPC health and gRPC reflection, and on the same
/// addresses the pages of [tenon.server.http]: the first bytes of a connection tell which of the two it wants
/// ([tenon.server.grpc.FirstBytes]). Where TLS is spoken, that is within it ([tenon.server.grpc.PortSharing]). Each address
/// has a gRPC server of its own; they share all else.
///
/// ## The way of a call
/// 1. The event loop of the connection reads the request; gRPC turns away what is larger than the limit on messages.
/// 2. [tenon.server.grpc.CallMetrics] counts it, [tenon.server.grpc.CredentialInterceptor] takes its credential,
///    [tenon.server.grpc.LeaderInterceptor] asks for a leader if the client wants one,
///    [tenon.server.grpc.RefusalInterceptor] turns away all but operators while the member's state is not to be trusted,
///    [tenon.server.grpc.LearnerInterceptor] turns away what a learner cannot answer,
///    [tenon.server.grpc.UnaryMethod] drops it if it was cancelled or is late.
/// 3. The service checks that it is well formed ([tenon.server.grpc.KvRequestCheck], [tenon.server.grpc.TxnWrites]).
///    While authentication is on, what operators ask for needs a user that is known, or has the role `root`.
/// 4. [tenon.server.kv.KvService] takes it. It never blocks, so all this happens without a change of threads, and the
///    answer is sent by the thread that has it, if there is room for it among those that are on their way
///    ([tenon.server.kv.AnswerMemory]).
/// 5. What may block ([tenon.server.maintenance.MaintenanceService]) runs on [tenon.server.grpc.Lanes].
/// 6. [tenon.server.grpc.Failures] gives every failure the code and the words that etcd has for it.
///
/// ## Watches
/// A [tenon.server.grpc.WatchCall] stays: it hands its requests to a stream of the node's hub, one after the other, and
/// what the stream tells becomes [tenon.server.grpc.WatchFrame]s, in whose events the store's bytes are sent as they are.
/// While a connection holds what its client has not taken, nothing more is told to it. A
/// [tenon.server.grpc.LeaderMonitor] ends calls whose clients want a leader, once there is none.
///
/// Methods of the etcd API that are not served are answered with `UNIMPLEMENTED`.
///
/// ## Threads
/// `tenon-client-io-*`: event loops, which must never block. `tenon-rpc-*`: lanes.
package tenon.server.grpc;
