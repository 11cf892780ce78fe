/// # `tenon wal`: the microscope for logs
///
/// One class for each sub-command. All of them look through [tenon.wal.LogInspector], take no lock and change nothing.
package tenon.server.command.wal;
