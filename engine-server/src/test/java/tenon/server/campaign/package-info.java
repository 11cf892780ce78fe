/// # The fault campaign: a cluster of real processes
///
/// [ClusterCampaignIT] starts [Campaign] as a program in namespaces of its own. All that it makes (networks, mounts,
/// processes) ends with it.
///
/// - [Schedule] deals [Fault]s from the seed, [Injector] lets them happen, [Operator] makes the calls among them.
/// - [Cluster] has the [Member]s, each a server process with a network namespace and a [Volume] of its own. What ends is
///   started again, and nothing may end without a reason.
/// - [PacketSwitch] is the network: every packet between members, and between clients and members, goes through it, and
///   through the [Weather] of its [Link].
/// - [Workload]s make [Call]s through [Client]s, which ask one member once: each call is done, refused, or unknown.
///   [MemberWatch] watches all keys at one member.
/// - Afterwards the laws judge: [WatchLaw], then, with what was watched as [KeySpaceHistory], [AnswerLaw] and
///   [OrderLaw]; [RegisterLaw], which believes no revision; and [Aftermath]. What they find is in the [Verdict].
///
/// The seed decides the faults, the operations and the flags of the members; when each of them meets which, real time
/// decides. A server is a program that takes etcd's flags, so that the campaign can be tested on etcd.
package tenon.server.campaign;
