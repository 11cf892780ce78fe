package tenon.server.peer;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// What one class logs while it is open; about peers, if no other is named.
public final class LogLines extends Handler implements AutoCloseable {
    private static final SimpleFormatter FORMAT = new SimpleFormatter();

    private final Logger logger;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    LogLines() {
        this("tenon.server.peer.Notices");
    }

    /// @param source the name of the class
    public LogLines(String source) {
        logger = Logger.getLogger(source);
        logger.addHandler(this);
        logger.setLevel(Level.ALL);
    }

    void awaitLine(String wanted) {
        TestMember.await("the log says: " + wanted + "; it says " + lines, () -> lines.contains(wanted));
    }

    public void awaitPart(String wanted) {
        TestMember.await("the log says: " + wanted + "; it says " + lines, () -> count(wanted) > 0);
    }

    public long count(String part) {
        return lines.stream().filter(line -> line.contains(part)).count();
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(FORMAT.formatMessage(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}
