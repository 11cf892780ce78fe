package tenon.server.command;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import tenon.api.Platform;

/// What a command may touch: where it reads, writes and complains, and the outside world.
public record Console(InputStream in, PrintStream out, PrintStream err, Platform platform) {
    private static final int BUFFER_SIZE_BYTES = 1 << 16;

    /// The streams of this process, in UTF-8 whatever the locale. What is printed shows after [#flush] only.
    static Console ofProcess() {
        var out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_SIZE_BYTES);
        return new Console(
                System.in,
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Platform.system());
    }

    public void flush() {
        out.flush();
        err.flush();
    }
}
