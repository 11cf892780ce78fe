/// # The pages of a node
///
/// What operators and their tools read over HTTP/1.1: `/health`, `/livez`, `/readyz`, `/version`, `/metrics`. They are
/// served on the client addresses, beside gRPC, and on the addresses given for metrics alone.
///
/// [tenon.server.http.Pages] makes the answers, on an executor, since the state of a node may take its time to be had.
/// [tenon.server.http.Probe] makes those of `/livez` and `/readyz`, which are put together of checks.
/// [tenon.server.http.PageHandler] reads one request from a connection, sends its answer and closes the connection.
/// [tenon.server.http.PageListener] listens. [tenon.server.http.ConnectionFailure] is what the log says of connections that
/// failed.
///
/// Not here: JSON in place of gRPC.
package tenon.server.http;
