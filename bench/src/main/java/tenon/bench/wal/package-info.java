/// # The log beside its peers
///
/// `bin/tenon bench wal` lets so many appenders wait at the same time ([tenon.bench.wal.Peer] says for what), each for
/// a record of 256 bytes to be durable, and gives each of them its next record as soon as it is. All that wait share a
/// sync. Nobody is a thread: what is measured is a log, not a scheduler.
package tenon.bench.wal;
