/// Keys and values: what the gRPC layer calls, and the way from a request to a proposal.
package tenon.server.kv;
