package tenon.server.campaign;

import java.io.IOException;
import java.util.List;

/// A program of the system that is run to its end.
final class Tool {
    private Tool() {}

    /// @return what it said
    /// @throws IllegalStateException if it fails
    static String run(String... words) {
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes());
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException(String.join(" ", words) + " ended with " + exitCode + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + List.of(words), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Whether it can be run, and succeeds.
    static boolean works(String... words) {
        try {
            run(words);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
