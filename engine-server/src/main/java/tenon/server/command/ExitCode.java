package tenon.server.command;

/// The exit codes of a command. Those of `tenon ctl` are etcdctl's, so that scripts can tell the same cases apart.
public final class ExitCode {
    public static final int OK = 0;
    /// The command was understood and failed.
    public static final int FAILED = 1;
    /// The command line of anything but `ctl` was not understood.
    public static final int USAGE = 2;
    /// A user could not log in.
    public static final int BAD_CONNECTION = 2;
    /// What came on standard input was not understood.
    public static final int BAD_INPUT = 3;
    /// An option has a value that is not known.
    public static final int BAD_FEATURE = 4;
    /// A file could not be written.
    public static final int INTERRUPTED = 5;
    /// The arguments do not fit together.
    public static final int BAD_ARGUMENTS = 128;

    private ExitCode() {}
}
