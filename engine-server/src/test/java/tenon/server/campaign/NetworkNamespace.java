package tenon.server.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// A network of its own, for the processes that are started in it. It ends with this process.
final class NetworkNamespace {
    /// Does nothing but be there.
    private final Process holder;

    NetworkNamespace() {
        try {
            holder = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo ready; exec sleep infinity").start();
            if (holder.inputReader().readLine() == null) {
                throw new IllegalStateException("no network namespace can be made");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The file that stands for it.
    String file() {
        return "/proc/" + holder.pid() + "/ns/net";
    }

    /// The words that start a program in it; the process is the program's own.
    List<String> inside(List<String> program) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=" + file(), "--"));
        words.addAll(program);
        return words;
    }
}
