/// # A node
///
/// [TenonServer] starts a node inside the caller's JVM, from a [ServerConfig], and stops it. That is all there is to
/// link against; everything else is reached over the etcd v3 API, at [TenonServer#clientUri].
///
/// ```java
/// try (TenonServer server = TenonServer.start(ServerConfig.builder(directory).clientPort(0).build())) {
///     // any etcd v3 client on server.clientUri()
/// }
/// ```
///
/// Many servers may run in one JVM, each on a data directory of its own. There is no static state.
///
/// ## Threads
/// `tenon-raft` owns Raft, `tenon-log` the log, `tenon-apply` the key space, `tenon-read-*` serve reads; the backend
/// has its own to commit batches, `tenon-watch*` tell of changes, and Netty its event loops. None of them waits for
/// another one's disk.
package tenon.server;
