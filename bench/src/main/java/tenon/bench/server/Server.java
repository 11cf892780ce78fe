package tenon.bench.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tenon.bench.measure.Libraries;
import tenon.bench.measure.Processes;
import tenon.bench.measure.Programs;
import tenon.server.TenonServer;
import tenon.server.command.Main;

/// Who is measured.
///
/// @param label for tables
/// @param version as it tells it
/// @param program the words that start it, without its flags
/// @param environment what it gets besides ours
public record Server(String label, String version, List<String> program, Map<String, String> environment) {
    public static final String TENON = "tenon";
    public static final String ETCD = "etcd";
    /// The launcher's; without others, it gets those that we got.
    private static final String JVM_OPTIONS = "TENON_JAVA_OPTS";

    /// @param launcher `bin/tenon`; null for the classes of this process
    /// @param jvmOptions besides those of the launcher
    public static Server tenon(Path launcher, List<String> jvmOptions) {
        String version = Libraries.nameOf(TenonServer.class);
        return launcher == null
                ? new Server(TENON, version, new Processes(jvmOptions).java(Main.class, "server"), Map.of())
                : new Server(
                        TENON, version, List.of(launcher.toString(), "server"),
                        jvmOptions.isEmpty() ? Map.of() : Map.of(JVM_OPTIONS, String.join(" ", jvmOptions)));
    }

    /// @throws Programs.MissingException if it is not installed
    public static Server etcd() throws IOException, InterruptedException, Programs.MissingException {
        Programs.require(ETCD, "etcd (Debian: apt-get install etcd-server)");
        String version = Programs.version(Path.of(ETCD)).lines().findFirst().orElse("").replace("etcd Version: ", "");
        return new Server(ETCD, version, List.of(ETCD), Map.of());
    }

    /// Tenon as its launcher starts it, and etcd where it is installed.
    public static List<Server> installed(Path launcher) throws IOException, InterruptedException {
        List<Server> servers = new ArrayList<>(List.of(tenon(launcher, List.of())));
        try {
            servers.add(etcd());
        } catch (Programs.MissingException e) {
            System.err.println("etcd IS NOT MEASURED: " + e.getMessage());
        }
        return servers;
    }
}
