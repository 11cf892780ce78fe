package tenon.api;

/// Time. Callbacks run on a thread of the clock and must be short: they hand an event to its owner and return.
/// Safe for use by any thread.
public interface Clock {
    /// Nanoseconds since an arbitrary origin; never goes back.
    long monotonicNs();

    /// Milliseconds since 1970-01-01T00:00Z; may jump. Only for what a person reads.
    long wallMs();

    /// Runs the task once, after the delay.
    Timer after(long delayNs, Runnable task);

    /// Runs the task again and again. A late run is not made up for by a burst.
    Timer every(long periodNs, Runnable task);

    /// A scheduled task.
    interface Timer {
        /// The task will not start any more; one that runs now may still finish.
        void cancel();
    }
}
