package tenon.server.peer;

import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import tenon.api.Clock;

/// Lines in the log about peers. What repeats is logged once in a while, however often it happens: connections are
/// tried again and again. Safe for use by any thread.
final class Notices {
    private static final System.Logger LOG = System.getLogger(Notices.class.getName());
    /// So many different things are told apart.
    private static final int SUBJECT_COUNT_MAX = 1024;
    private static final int FOREIGN_TEXT_LENGTH_MAX = 300;

    private final Clock clock;
    private final long intervalNs;
    // Guarded by this.
    private final Map<String, Long> lastNsBySubject = new HashMap<>();

    /// @param intervalNs the same is not logged again for so long
    Notices(Clock clock, long intervalNs) {
        this.clock = clock;
        this.intervalNs = intervalNs;
    }

    /// @param subject what must be equal for two texts to be the same: with the host, but without its changing ports
    void log(Level level, String subject, String text) {
        if (isDue(subject)) {
            LOG.log(level, text);
        }
    }

    void log(Level level, String text) {
        log(level, text, text);
    }

    synchronized boolean isDue(String subject) {
        long nowNs = clock.monotonicNs();
        Long lastNs = lastNsBySubject.get(subject);
        if (lastNs != null && nowNs - lastNs < intervalNs) {
            return false;
        }
        if (lastNsBySubject.size() >= SUBJECT_COUNT_MAX) {
            lastNsBySubject.clear();
        }
        lastNsBySubject.put(subject, nowNs);
        return true;
    }

    /// A text from outside, fit for a line in the log.
    static String printable(String foreign) {
        String start = foreign.substring(0, Math.min(foreign.length(), FOREIGN_TEXT_LENGTH_MAX));
        return start.replaceAll("[^ -~]", "?");
    }
}
