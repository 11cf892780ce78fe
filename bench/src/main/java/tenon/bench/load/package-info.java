/// Load on any server that speaks the etcd v3 API, from one process with many connections and clients.
package tenon.bench.load;
