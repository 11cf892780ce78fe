package tenon.bench.measure;

import java.util.List;
import picocli.CommandLine.Option;

/// How JVMs are started in which is measured.
public final class JvmOptions {
    @Option(names = "--jvm", split = " ", defaultValue = "-Xms1g -Xmx1g",
            description = "options of the JVMs of the measured; default: ${DEFAULT-VALUE}")
    private List<String> options;

    public List<String> options() {
        return options;
    }
}
