package tenon.server.replication;

/// Waits for the end of threads that were told to end.
public final class Joining {
    private Joining() {}

    /// Waits for the end of the thread, unless it is null or the calling one. An interrupt does not shorten the wait,
    /// and is kept.
    public static void join(Thread thread) {
        if (thread == null || thread == Thread.currentThread()) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
