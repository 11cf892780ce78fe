package tenon.bench.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tenon.bench.measure.Processes;
import tenon.bench.measure.Programs;
import tenon.bench.measure.Progress;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.server.Server;

/// Which servers are measured, how Tenon is started, and where the files go.
final class PeerOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--peers", split = ",", defaultValue = "tenon,etcd",
            description = "who is measured; default: ${DEFAULT-VALUE}")
    private List<String> names;

    @Option(names = "--tenon", defaultValue = "${sys:tenon.launcher}", description = "the launcher of Tenon")
    private Path launcher;

    @Option(names = "--jvm", split = " ", description = "further options of Tenon's JVMs; default: none, as bin/tenon"
            + " starts them")
    private List<String> jvmOptions = List.of();

    @Option(names = "--dir", description = "where the files go, on the disk to be measured; default: a temporary"
            + " directory")
    private Path directory;

    /// The work of a command in a directory that is deleted afterwards, also where somebody has seen enough.
    @FunctionalInterface
    interface Work {
        int run(StoreDirectory home) throws IOException, InterruptedException;
    }

    int inHome(Work work) throws IOException, InterruptedException {
        Path place = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
        StoreDirectory home = new StoreDirectory(
                place.toAbsolutePath().resolve("tenon-bench-" + ProcessHandle.current().pid()));
        Processes processes = new Processes(List.of());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            processes.stop();
            home.delete();
        }));
        home.wipe();
        try {
            return work.run(home);
        } finally {
            home.delete();
        }
    }

    /// With their versions.
    static String describe(List<Server> servers) {
        return "Peers: "
                + servers.stream()
                        .map(server -> server.label() + " (" + server.version() + ")")
                        .collect(Collectors.joining(", "))
                + ".";
    }

    /// Those that can be measured here; for the others, `warnings` gets why not.
    List<Server> available(List<String> warnings) throws IOException, InterruptedException {
        List<Server> available = new ArrayList<>();
        for (String name : names) {
            try {
                available.add(switch (name) {
                    case Server.TENON -> Server.tenon(launcher, jvmOptions);
                    case Server.ETCD -> Server.etcd();
                    default -> throw new ParameterException(spec.commandLine(), "no such peer: " + name);
                });
            } catch (Programs.MissingException e) {
                warnings.add(name + " IS NOT MEASURED: " + e.getMessage());
                Progress.tell("%s", warnings.getLast());
            }
        }
        return available;
    }
}
