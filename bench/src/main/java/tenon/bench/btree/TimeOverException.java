package tenon.bench.btree;

import java.time.Duration;

/// A peer was ended before it was done with its step.
final class TimeOverException extends Exception {
    private static final long serialVersionUID = 1L;

    TimeOverException(Work work, Duration limit) {
        super("not done with " + work.label + " after " + limit.toSeconds() + " s (--limit-seconds)");
    }
}
