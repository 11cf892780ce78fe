/// # The command line
///
/// [Main] is where the process starts, [TenonCommand] the root of the commands. Each command is one class, named after
/// its word: an [Action] does something, a [Group] holds others. What a command may touch comes as a [Console], so that
/// a test can run it in its own JVM and read what it said.
///
/// ## Rules
/// - Results go to standard output, complaints to standard error. Errors are one line and never a stack trace, unless
///   the level of the log is `debug`; the exit codes are [ExitCode]s.
/// - `ctl` speaks etcdctl's language: same flags, same output, same exit codes.
/// - Keys and values are bytes: [ArgumentBytes] keeps those that are not text whole.
package tenon.server.command;
