package tenon.server.peer;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What is logged about peers while it is open.
final class LogLines extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger(Notices.class.getName());
    private final List<String> lines = new CopyOnWriteArrayList<>();

    LogLines() {
        logger.addHandler(this);
        logger.setLevel(Level.ALL);
    }

    void awaitLine(String wanted) {
        TestMember.await("the log says: " + wanted + "; it says " + lines, () -> lines.contains(wanted));
    }

    void awaitPart(String wanted) {
        TestMember.await("the log says: " + wanted, () -> count(wanted) > 0);
    }

    long count(String part) {
        return lines.stream().filter(line -> line.contains(part)).count();
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}
