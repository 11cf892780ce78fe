/// # The server beside etcd
///
/// [tenon.bench.cluster.ClusterCommand] measures throughput, latency and what they cost: a
/// [tenon.bench.cluster.Setting] is how many members, which [tenon.bench.cluster.Work] and which shape of load;
/// [tenon.bench.cluster.Passes] gives both servers their turn at each; [tenon.bench.cluster.Report] sets what was found
/// beside each [tenon.bench.cluster.Goal].
///
/// [tenon.bench.cluster.FailoverCommand] kills leaders: an [tenon.bench.cluster.Outage] ends with what a
/// [tenon.bench.cluster.Probe] is told by the next leader.
package tenon.bench.cluster;
