/// Keys and values: what the gRPC layer calls, and the way from a request to a proposal.
///
/// What a request asks for may be larger than the memory. Ranges are read one key after the other, and what of them is kept
/// for the answer is taken from an [AnswerMemory], which refuses what it has no room for.
package tenon.server.kv;
