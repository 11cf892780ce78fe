/// What a node counts and times.
///
/// - [Stage]: the thirteen stops of a write, in order; [StageRecorder] keeps one histogram for each.
/// - [LatencyRecorder]: one histogram that any thread feeds and any thread reads.
/// - [NodeMetrics] collects what is shown: also who the member is ([MemberInfo]), what passes between members
///   ([PeerMetrics]), and what the process takes of the machine ([ProcessUsage]).
/// - [MetricsSnapshot]: all that can be shown, at one moment, under the names of etcd where the meaning is the same.
///
/// Recording is wait-free and allocates nothing; reading copies.
package tenon.server.metrics;
