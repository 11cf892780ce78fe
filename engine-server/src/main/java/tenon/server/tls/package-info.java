/// # TLS
///
/// [tenon.server.tls.TlsContext] makes of PEM files ([tenon.server.TlsFiles]) what a connection needs, for all who listen or
/// connect: members among each other, clients, the client that comes along. A certificate and its key are taken as etcd
/// takes them ([tenon.server.tls.PemIdentity]). What cannot be used is refused at the start, and the message names the file
/// ([tenon.server.tls.TlsException]).
///
/// ## Threads
/// Any. Whoever owns a context has its files read again from time to time, on a thread that may wait for the disk; new
/// connections have what was read last.
///
/// ## What is not here
/// How long a handshake may take, and who may connect under which name: that is for whoever has the connection.
package tenon.server.tls;
