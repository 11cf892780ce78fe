/// Who the members of a cluster are: how a node gets to be one, how the others know of it, and how they change.
///
/// ## Nouns
/// - *Member*: a record with an id, peer URLs, whether it is a learner, and, once it has started, a name and client
///   URLs. [Members]: all of them as of an entry of the log, and the ids of those who were removed for ever.
/// - [MemberIdentity]: ids, as etcd makes them.
/// - [ClusterOrigin]: where a member has its place from; [Bootstrap] finds out, from configuration
///   ([InitialCluster]) and what others tell ([ClusterQuery]). [ForcedCluster]: one member goes on without the others.
/// - [MembershipStore]: the members in the store, in the same commits as everything else that the log makes.
/// - [MemberChanges]: what a change makes of the members, or why it is refused. A pure function.
/// - [MembershipApplier]: carries out committed changes, for the store and for Raft.
/// - [MembershipService], [RaftMembershipService]: what operators ask for. [ReconfigurationCheck]: refuses what may cost
///   the quorum, as [PeerActivity] shows it. [LeaderPromotion]: the way to the leader, who alone knows how far a learner
///   is.
/// - [SelfIntroduction]: a member tells the others its name and where it serves clients.
///
/// ## Where a change is decided
/// Where its entry is applied, by the members as they are there, on all members alike. What is checked before only spares
/// the log what is hopeless, and refuses what may cost the quorum: that is for the member to say that was asked, and its
/// word is not repeated when the entry is applied. A refused change is a change without steps for Raft.
///
/// An entry of type `CONF_CHANGE` carries a `MemberChange` as its context, from the first one on, which found the
/// cluster. The voters and learners of Raft's configuration are those of the record, at each entry.
///
/// ## Threads
/// [MembershipApplier] and all changes of [MembershipStore] are for the apply thread. Any thread may read
/// [MembershipStore#members] and call the service, which never blocks. [ClusterQuery] blocks, before a node has threads.
///
/// ## What is not here
/// The network: whoever runs it implements [ClusterQuery], [PeerActivity] and [LeaderPromotion], and is told of all
/// changes by [MembershipApplier]. What becomes of a member that finds itself removed.
package tenon.server.membership;
