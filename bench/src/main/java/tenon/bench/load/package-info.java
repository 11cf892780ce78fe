/// Load on any server that speaks the etcd v3 API, from one process with many connections and clients.
///
/// [tenon.bench.load.Load] is a closed loop on [tenon.bench.load.Connections], which speak no more of HTTP/2 than that
/// takes: the client shares the machine with the servers and must not be what is measured.
/// [tenon.bench.load.EtcdCalls] is for everything else.
package tenon.bench.load;
