/// From a committed entry to its effect.
///
/// - [ApplyLoop]: takes committed entries from a FIFO queue, in index order, and is the only one that changes the key
///   space: on its own thread, `tenon-apply`, or, a lone put, on the one that brings it. Both are meant by *the apply
///   thread*: there is one at a time, and it sees what the one before it did. The *consistent index* gate: an entry that the store holds already is not
///   applied again; each other one moves the store's index, whatever becomes of its request.
/// - [Applier]: one layer of the chain that an entry's request runs through, assembled in [ApplierChain]:
///   corrupt → capped → auth → quota → backend.
/// - [ConfChangeApplier]: what is done with an entry that changes the configuration.
/// - [TxnPath] and [TxnRun]: a transaction is decided and checked as a whole before its first change, so that it never
///   half-applies.
/// - [AppliedWaiters]: reads that wait until an index is applied.
///
/// What an entry does depends on the entry and on the state that the entries before it made, and on nothing else: not
/// on time, the size of the file, or the member.
package tenon.server.apply;
