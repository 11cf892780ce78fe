package tenon.server.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/// Trouble with the syncs of a running process, made by a tracer. The log's are writes.
final class SyncTrouble {
    private static final String SYNCS = "fdatasync,fsync,pwrite64";
    private static final long END_SECONDS_MAX = 2;

    private final Process tracer;

    private SyncTrouble(long processId, String fault) {
        try {
            tracer = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-q",
                            "-p",
                            Long.toString(processId),
                            "-e",
                            "trace=" + SYNCS,
                            "-e",
                            "inject=" + SYNCS + ":" + fault,
                            "-o",
                            "/dev/null")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SyncTrouble slow(long processId, int delayMs) {
        return new SyncTrouble(processId, "delay_exit=" + delayMs * 1000);
    }

    /// @param first number of the sync from which on each one fails
    static SyncTrouble failing(long processId, int first) {
        return new SyncTrouble(processId, "error=EIO:when=" + first + "+");
    }

    /// The tracer lets go of the process. One that cannot, because it waits for a process that is stopped or was killed
    /// under it, is killed itself; the system lets go for it then.
    void end() {
        tracer.destroy();
        try {
            if (!tracer.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                tracer.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
