package tenon.server.command;

import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import tenon.api.TenonException;
import tenon.server.TenonServer;
import tenon.server.config.FlagException;
import tenon.server.config.ServerFlags;
import tenon.server.error.MemberRemovedException;

/// Runs a node in the foreground until it is told to stop or cannot go on. Its flags are etcd's and are read by
/// [ServerFlags].
final class ServerProcess {
    private static final Logger LOG = System.getLogger(ServerProcess.class.getName());

    /// In what follows the name in `/proc/self/stat`.
    private static final int STAT_START_TIME_INDEX = 19;
    private static final long MS_PER_TICK = 10;

    private final Console console;
    private final List<String> arguments;
    private final AtomicReference<TenonServer> running = new AtomicReference<>();
    private final AtomicBoolean isStopping = new AtomicBoolean();

    ServerProcess(Console console, List<String> arguments) {
        this.console = console;
        this.arguments = arguments;
    }

    /// Ends when the node does; normally, if its operators have removed it from the cluster.
    ///
    /// @throws CommandException if the node cannot start or cannot go on
    void run() {
        if (arguments.contains("--help") || arguments.contains("-h") || arguments.contains("-help")) {
            console.out().print("Usage: tenon server [FLAG...]\n" + ServerFlags.usage());
            return;
        }
        TenonServer server = start();
        Throwable reason = server.terminationReason().join();
        isStopping.set(true);
        closeAfterFailure(server);
        if (reason instanceof MemberRemovedException) {
            LOG.log(Logger.Level.WARNING, reason.getMessage());
            return;
        }
        throw CommandException.failed("stopped, because it cannot go on: " + messageOf(reason));
    }

    /// Returns when the node serves. The end of the process will close it.
    TenonServer start() {
        ServerFlags flags = flags();
        LogLines.logFrom(level(flags.logLevel()));
        flags.warnings().forEach(warning -> LOG.log(Logger.Level.WARNING, warning));
        ExitHook.install(this::onStop);
        TenonServer server = start(flags);
        LOG.log(Logger.Level.INFO, "ready, {0} ms after the process started", Long.toString(ageMs()));
        return server;
    }

    /// Closes what [#start] returned, before the end of the process does.
    void stop() {
        if (isStopping.compareAndSet(false, true)) {
            running.get().close();
        }
    }

    /// What ended the node is what its operator must read, not what followed from it.
    private static void closeAfterFailure(TenonServer server) {
        try {
            server.close();
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.DEBUG, "could not close after the failure", e);
        }
    }

    private TenonServer start(ServerFlags flags) {
        try {
            TenonServer server = TenonServer.start(flags.config(), console.platform());
            running.set(server);
            return server;
        } catch (RuntimeException e) {
            isStopping.set(true);
            throw e;
        }
    }

    private ServerFlags flags() {
        try {
            return ServerFlags.parse(arguments, System.getenv(), console.platform().files());
        } catch (FlagException e) {
            throw new CommandException(ExitCode.USAGE, e.getMessage());
        }
    }

    /// SIGINT or SIGTERM. The exit code is 0, for the process did what it was told; without the halt the JVM would
    /// make it that of the signal. The log is already closed by then.
    private void onStop() {
        if (!isStopping.compareAndSet(false, true)) {
            return;
        }
        int exitCode = ExitCode.OK;
        TenonServer server = running.get();
        try {
            if (server != null) {
                server.close();
            }
            console.err().print(LogLines.line(console.platform().clock().wallMs(), "server.command", "stopped"));
        } catch (RuntimeException e) {
            console.err().println("tenon: could not stop cleanly: " + messageOf(e));
            exitCode = ExitCode.FAILED;
        }
        console.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    private static String messageOf(Throwable reason) {
        return reason instanceof TenonException ? reason.getMessage() : reason.toString();
    }

    /// Since the process began, the launcher included; 0 where the system does not tell. The wall clock would not do:
    /// the kernel's idea of when it booted is off by up to a second.
    private static long ageMs() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long startTicks = Long.parseLong(behindName[STAT_START_TIME_INDEX]);
            String uptime = Files.readString(Path.of("/proc/uptime"));
            double uptimeSeconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
            return (long) (uptimeSeconds * 1000) - startTicks * MS_PER_TICK;
        } catch (IOException e) {
            return 0;
        }
    }

    private static Level level(String name) {
        return switch (name) {
            case "debug" -> Level.FINE;
            case "info" -> Level.INFO;
            case "warn" -> Level.WARNING;
            default -> Level.SEVERE;
        };
    }
}
