/// # Servers that are measured
///
/// [tenon.bench.server.Server] is who is measured: Tenon, or an etcd that is installed. [tenon.bench.server.Member] is
/// one of a cluster, [tenon.bench.server.NodeProcess] its process, [tenon.bench.server.LocalCluster] all of them on this
/// machine. Both servers get the same flags.
package tenon.bench.server;
