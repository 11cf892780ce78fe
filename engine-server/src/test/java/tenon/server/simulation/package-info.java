/// # Simulated clusters
///
/// The real Raft core and the real log on simulated disks, in one thread and in virtual time. A run is a [Shape] and a
/// [Schedule] of faults, both made from one seed by streams of their own, so a fault that is left out changes nothing
/// about the others: that is what lets [Shrinker] find the few that matter.
///
/// - [Simulation] is one run: it lets the faults happen, ends them, and asks for progress.
/// - [Member] carries out what the core asks for, like a server: [DiskOrders] on a [MemberDisk], answers to
///   [MemberClients]; [StoredLog] is what an observer knows of that disk.
/// - [Laws] hold after each step; [History] is what clients saw, judged by [Linearizability].
/// - [Tally] counts what really happened.
/// - [Mutant] is a mistake made on purpose, which some seed must bring to light.
package tenon.server.simulation;
