/// # `tenon ctl`: the client
///
/// One class for each sub-command, named after its word. [CtlCommand] holds the flags that all share, [CtlAction] asks a
/// node, [Connection] is the way to it, and a [Printer] puts the answer into one of the formats of etcdctl: the same
/// bytes that etcdctl prints, where the answer is the same. [GoText], [GoJson] and [Duration] know Go's notations.
package tenon.server.command.ctl;
