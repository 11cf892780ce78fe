/// Watches as clients ask for them: the hub of [tenon.mvcc], and the headers of this member.
package tenon.server.watch;
