package tenon.server.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One member of the cluster: its host, its disk, and the server process that is started again whenever it ends,
/// unless somebody holds it down.
final class Member {
    private static final int CLIENT_PORT = 2379;
    private static final int PEER_PORT = 2380;
    private static final int END_TIMEOUT_SECONDS = 60;

    /// All members share one machine.
    private static final String HEAP = "-Xmx512m";

    private static final long QUICK_END_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long RESTART_PAUSE_NS_MIN = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long RESTART_PAUSE_NS_MAX = TimeUnit.SECONDS.toNanos(4);
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(15);

    /// Also the number of its host.
    final int number;

    final String name;
    final Volume volume;

    private final NetworkNamespace host;
    private final Path log;
    private final List<String> program;
    private final List<String> options;
    private final Journal journal;

    /// `new` for a founder, `existing` for one that replaces another.
    private String clusterState = "new";

    /// By how many it is held down.
    private int holdCount;

    /// Null before the first start.
    private Process process;

    private long startedNs;

    /// How long to wait before the next start: longer and longer while it ends soon after each.
    private long restartPauseNs;

    private long endedNs = System.nanoTime();

    /// Its process may end by itself until then.
    private long excusedUntilNs = System.nanoTime();

    /// Processes so far. Calls that begin and end in the same life were served by one process.
    private volatile int life;

    private boolean isEndKnown = true;

    /// Ends that nothing excuses.
    private final List<String> crashes = new ArrayList<>();

    /// @param program the words that start a server
    /// @param options flags that all members have in common
    Member(
            int number,
            NetworkNamespace host,
            Volume volume,
            Path log,
            List<String> program,
            List<String> options,
            Journal journal) {
        this.number = number;
        this.name = nameOf(number);
        this.host = host;
        this.volume = volume;
        this.log = log;
        this.program = program;
        this.options = options;
        this.journal = journal;
    }

    static String nameOf(int number) {
        return "m" + number;
    }

    static String peerUrl(int number) {
        return "http://" + PacketSwitch.address(number) + ":" + PEER_PORT;
    }

    String clientHost() {
        return PacketSwitch.address(number);
    }

    int clientPort() {
        return CLIENT_PORT;
    }

    Path log() {
        return log;
    }

    int life() {
        return life;
    }

    synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    synchronized long processId() {
        return process.pid();
    }

    synchronized List<String> crashes() {
        return List.copyOf(crashes);
    }

    /// Starts the process if it should be there and is not.
    synchronized void tend() {
        if (isRunning()) {
            return;
        }
        noteEnd();
        if (holdCount == 0 && System.nanoTime() - endedNs >= restartPauseNs) {
            start();
        }
    }

    private void start() {
        String clientUrl = "http://" + clientHost() + ":" + CLIENT_PORT;
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(
                "--name=" + name,
                "--data-dir=" + volume.data(),
                "--listen-client-urls=" + clientUrl,
                "--advertise-client-urls=" + clientUrl,
                "--listen-peer-urls=" + peerUrl(number),
                "--initial-advertise-peer-urls=" + peerUrl(number),
                "--initial-cluster-state=" + clusterState));
        command.addAll(options);
        try {
            life++;
            startedNs = System.nanoTime();
            isEndKnown = false;
            var builder = new ProcessBuilder(host.inside(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putIfAbsent("TENON_JAVA_OPTS", HEAP);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void noteEnd() {
        if (isEndKnown) {
            return;
        }
        isEndKnown = true;
        endedNs = System.nanoTime();
        boolean endedSoon = endedNs - startedNs < QUICK_END_NS;
        restartPauseNs =
                endedSoon ? Math.clamp(2 * restartPauseNs, RESTART_PAUSE_NS_MIN, RESTART_PAUSE_NS_MAX) : 0;
        boolean isExcused = System.nanoTime() - excusedUntilNs < 0;
        String end = name + " ended by itself with exit code " + process.exitValue();
        journal.note("%s, %s", end, isExcused ? "for a reason" : "for NO reason");
        if (!isExcused) {
            crashes.add(String.format("%.3f s: %s; see %s", journal.elapsedMs() / 1000.0, end, log));
        }
    }

    /// It is told of trouble that may end its process.
    ///
    /// @param ms how long the trouble lasts; some time more is granted
    synchronized void excuse(long ms) {
        long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms) + GRACE_NS;
        excusedUntilNs = untilNs - excusedUntilNs > 0 ? untilNs : excusedUntilNs;
    }

    /// SIGKILL, and no start until each hold is released.
    synchronized void killAndHold() {
        holdCount++;
        if (process != null) {
            if (!process.isAlive()) {
                noteEnd();
            }
            isEndKnown = true;
            restartPauseNs = 0;
            process.destroyForcibly();
            awaitEnd();
        }
    }

    synchronized void release() {
        holdCount--;
    }

    /// Its disk loses its power. It must be held.
    synchronized void cutPower() {
        volume.cutPower();
    }

    /// SIGTERM, and no start any more.
    ///
    /// @return its exit code
    synchronized int stop() {
        holdCount++;
        isEndKnown = true;
        process.destroy();
        awaitEnd();
        return process.exitValue();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(END_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end; see " + log);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A new member is to take its place. It must be held.
    synchronized void becomeNew() {
        volume.wipe();
        clusterState = "existing";
    }
}
