/// The limit on the size of the store.
///
/// - [RequestCost]: by how much a request may grow the store.
/// - [Quota]: the limit, and what it is compared with.
/// - [QuotaKvService]: asks both before anything is proposed, raises the NOSPACE alarm, and refuses writes that grow
///   the store while that alarm stands. The apply chain refuses them too: see `tenon.server.apply`.
///
/// ## What is compared
/// As in etcd, the size of the store is that of all its pages up to the high water mark, free ones included: the
/// quota bounds the file, not the live data. So after a quota is exceeded, compaction frees pages that later writes
/// reuse, but only defragmentation brings the size down; then the alarm has to be disarmed.
package tenon.server.quota;
