/// Who the members of a cluster are.
///
/// - [PeerUrls]: where they reach each other.
package tenon.server.membership;
