package tenon.server.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/// A mistake made on purpose: one place of one source file is changed, and that file is compiled by itself. The classes
/// of core, log and simulation are then loaded anew, with the changed ones among them.
///
/// @param name as in `docs/TESTING.md`
/// @param breaks what is no longer so
/// @param source from the top of the project
/// @param original must stand there once
record Mutant(String name, String breaks, String source, String original, String replacement) {
    private static final String RAFT = "engine-raft/src/main/java/tenon/raft/";
    private static final String WAL = "engine-wal/src/main/java/tenon/wal/";
    private static final String DRIVER = "engine-server/src/test/java/tenon/server/simulation/";

    static final List<Mutant> ALL = List.of(
            raft("vote-before-stored", "a vote is stored before it is told", "Raft",
                    "outbox.sendAfterStored(answer)", "outbox.send(answer)"),
            raft("vote-twice", "one vote in a term", "Raft",
                    "|| votedFor == 0 && leaderId == 0", "|| leaderId == 0"),
            raft("ask-before-stored", "a candidate stores its own vote before it asks for others", "Candidate",
                    "raft.outbox.sendAfterStored(vote)", "raft.outbox.send(vote)"),
            raft("shorter-log-wins", "who votes compares logs", "RaftLog",
                    "otherLastTerm > lastTerm() || otherLastTerm == lastTerm() && otherLastIndex >= last",
                    "otherLastIndex >= last"),
            raft("commit-old-term", "a leader counts only entries of its own term (figure 8)", "Leader",
                    "index < firstIndexOfTerm || !raft.log.maybeCommit(index)", "!raft.log.maybeCommit(index)"),
            raft("ack-before-sync", "a follower acknowledges what is durable", "Raft",
                    "outbox.sendAfterStored(new Message.AppendResponse(", "outbox.send(new Message.AppendResponse("),
            raft("leader-counts-unsynced", "a leader counts itself for what is durable", "Leader",
                    "members.self().onSelfStored(raft.log.stored())", "members.self().onSelfStored(raft.log.lastIndex())"),
            raft("read-without-quorum", "a read is confirmed by a quorum", "Leader",
                    "raft.configuration().isOnlyVoter(raft.id) || lease.isValid()", "true"),
            raft("read-before-own-commit", "a new leader commits before it answers reads", "Leader",
                    "Math.max(raft.log.committed(), firstIndexOfTerm)", "raft.log.committed()"),
            raft("joint-commit-by-one-half", "both halves of a joint configuration commit", "Configuration",
                    "Quorum.committedIndex(outgoing, acknowledged, scratch)", "Long.MAX_VALUE"),
            raft("joint-vote-by-one-half", "both halves of a joint configuration elect", "Configuration",
                    "Quorum.both(Quorum.voteResult(incoming, ballots), Quorum.voteResult(outgoing, ballots))",
                    "Quorum.voteResult(incoming, ballots)"),
            raft("two-changes-at-once", "one change of the configuration at a time", "Leader",
                    "if (pendingConfIndex > raft.log.applied()) {", "if (pendingConfIndex < 0) {"),
            raft("snapshot-without-configuration", "a snapshot brings its configuration", "Raft",
                    "configuration = new Configuration(snapshot.confState());", ""),
            raft("lease-kept-in-transfer", "who hands over gives up the lease", "Lease",
                    "givenUp = true;", "givenUp = false;"),
            raft("lease-from-answer", "a lease counts from when the heartbeat was sent", "Lease",
                    "endTicks = unanswered.remove().atTicks() + validTicks;",
                    "unanswered.remove();\n            endTicks = nowTicks + validTicks;"),
            raft("lease-too-long", "a lease ends before the promises do", "Lease",
                    "options.electionTicks - 2", "options.electionTicks"),
            raft("lease-without-end", "a lease ends", "Lease",
                    "nowTicks < endTicks && !givenUp", "endTicks > 0 && !givenUp"),
            raft("lease-by-anybody", "a quorum gives the lease", "Leader",
                    "lease.onAnswered(confirmed);", "lease.onAnswered(Long.MAX_VALUE);"),
            raft("lease-before-own-commit", "with a lease too, a new leader commits before it answers reads", "Leader",
                    "if (immediate && hasCommittedInTerm()) {", "if (immediate) {"),
            raft("promise-forgotten", "who restarts waits before it votes", "Raft",
                    "role = new Follower(this);\n        drawElectionTimeout();",
                    "role = new Follower(this);\n        leaderSilentTicks = options.electionTicks;\n        drawElectionTimeout();"),
            raft("promise-broken-by-vote", "who heard a leader votes for nobody else, also if it forgot that leader", "Raft",
                    "(led || isLeaseGranted()) && ", "led && "),
            raft("torn-commit-forgotten", "all changes of the configuration in a log but the last are committed",
                    "RecoveredState", "++changeCount == 2", "++changeCount < 0"),
            raft("late-append-truncates", "a late append does not drop what follows it", "RaftLog",
                    "if (!matches(entry.raftIndex(), entry.term())) {",
                    "if (!matches(entry.raftIndex(), entry.term()) || entry.raftIndex() > committed) {"),
            raft("append-anywhere", "a follower checks what stands before", "Raft",
                    "if (!log.matches(append.previousIndex(), append.previousTerm())) {",
                    "if (append.previousIndex() > log.lastIndex()) {"),
            raft("replaced-counts-as-stored", "what was replaced while it was written is not stored", "StoreQueue",
                    "each.storedIndex = Math.min(each.storedIndex, from - 1);", ""),
            raft("applied-before-stored", "only what is stored is handed out", "RaftLog",
                    "applying < Math.min(committed, stored)", "applying < Math.min(committed, last)"),
            raft("vote-forgotten", "a restart keeps the vote", "Raft",
                    "votedFor = state.hardState().votedFor();", ""),
            raft("term-forgotten", "a restart keeps the term", "Raft",
                    "term = state.hardState().term();",
                    "term = state.entries().isEmpty() ? 0 : state.entries().getLast().term();"),
            driver("applied-twice", "a restart goes on behind what is applied", "MemberDisk",
                    "contents.snapshot(), hardState, contents.entries(), checkpoint.confState(), checkpoint.raftIndex());",
                    "contents.snapshot(), hardState, contents.entries(), checkpoint.confState(),"
                            + " Math.max(contents.snapshot().raftIndex(), checkpoint.raftIndex() - 1));"),
            driver("installed-before-mark", "the mark is durable before the snapshot is in place", "MemberDisk",
                    "log.appendSnapshotMark(mark);\n        log.sync();\n        writeCheckpoint(state);",
                    "writeCheckpoint(state);\n        log.appendSnapshotMark(mark);\n        log.sync();"),
            wal("sync-that-does-not", "a sync syncs", "SegmentedLog",
                    "writeDurably();\n            }", "write();\n            }"),
            wal("cut-without-sync", "a segment is synced before the next one is named", "SegmentedLog",
                    "private void cut() {\n        syncFile();", "private void cut() {\n        write();"),
            wal("mark-counts-at-once", "a mark counts when its snapshot is in place", "Replay",
                    "state.markAt(Math.max(state.hardState().commitIndex(), placedRaftIndex))",
                    "state.markAt(Long.MAX_VALUE)"),
            wal("replaced-entries-return", "an entry drops all behind it", "Replay",
                    "entries.subList(keptCount, entries.size()).clear();",
                    "entries.subList(keptCount, keptCount + 1).clear();"),
            wal("damage-cut-as-torn", "a damaged record that was synced is refused", "LogScan",
                    "if (probe.isDamaged()) {", "if (position < 0) {"));

    private static Mutant raft(String name, String breaks, String file, String original, String replacement) {
        return new Mutant(name, breaks, RAFT + file + ".java", original, replacement);
    }

    private static Mutant wal(String name, String breaks, String file, String original, String replacement) {
        return new Mutant(name, breaks, WAL + file + ".java", original, replacement);
    }

    private static Mutant driver(String name, String breaks, String file, String original, String replacement) {
        return new Mutant(name, breaks, DRIVER + file + ".java", original, replacement);
    }

    /// When it came to light.
    ///
    /// @param seedCount seeds that were tried, the failing one included; 0 if none failed
    /// @param failure what failed
    /// @param faults those that were to happen, one a line
    record Detection(int seedCount, String failure, String faults) {}

    /// Compiles it, and tries seeds until one fails.
    ///
    /// @param directory for the class files
    /// @param shrinks whether to tell of as few faults as can be
    Detection detect(Path projectRoot, Path directory, long firstSeed, int seedsMax, boolean shrinks) throws IOException {
        compile(projectRoot, directory);
        try {
            Method method = new Loader(directory)
                    .loadClass(Mutant.class.getName())
                    .getDeclaredMethod("findFailure", long.class, int.class, boolean.class);
            method.setAccessible(true);
            Object[] found = (Object[]) method.invoke(null, firstSeed, seedsMax, shrinks);
            return new Detection((int) found[0], (String) found[1], (String) found[2]);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(name, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /// Called in the world of the changed classes; its types are those of all worlds.
    static Object[] findFailure(long firstSeed, int seedsMax, boolean shrinks) {
        Silence.begin();
        for (int i = 0; i < seedsMax; i++) {
            Simulation.Outcome outcome = Simulation.run(firstSeed + i);
            if (outcome.failure() != null) {
                Schedule schedule = outcome.schedule();
                Schedule told = shrinks ? Shrinker.shrink(outcome.shape(), schedule) : schedule;
                String failure = outcome.failure().toString().lines().findFirst().orElse("");
                return new Object[] {i + 1, failure, told.toString()};
            }
        }
        return new Object[] {0, "", ""};
    }

    private void compile(Path projectRoot, Path directory) throws IOException {
        String text = Files.readString(projectRoot.resolve(source));
        if (text.indexOf(original) < 0 || text.indexOf(original) != text.lastIndexOf(original)) {
            throw new IllegalStateException(name + ": this does not stand once in " + source + ": " + original);
        }
        Path changed = Files.createDirectories(directory.resolve("source"))
                .resolve(Path.of(source).getFileName());
        Files.writeString(changed, text.replace(original, replacement));
        StringWriter words = new StringWriter();
        int result = ToolProvider.findFirst("javac").orElseThrow().run(
                new PrintWriter(words), new PrintWriter(words), "-nowarn", "-proc:none", "-implicit:none",
                "-d", directory.toString(), "-cp", ClassFiles.classPath(), changed.toString());
        if (result != 0) {
            throw new IllegalStateException(name + " does not compile: " + words);
        }
    }

    /// Core, log and simulation anew; all else as it is.
    private static final class Loader extends ClassLoader {
        private final Path directory;

        Loader(Path directory) {
            super(Loader.class.getClassLoader());
            this.directory = directory;
        }

        @Override
        protected Class<?> loadClass(String className, boolean resolve) throws ClassNotFoundException {
            boolean anew = className.startsWith("tenon.raft.")
                    || className.startsWith("tenon.wal.")
                    || className.startsWith("tenon.server.simulation.");
            if (!anew) {
                return super.loadClass(className, resolve);
            }
            synchronized (getClassLoadingLock(className)) {
                Class<?> loaded = findLoadedClass(className);
                return loaded != null ? loaded : define(className);
            }
        }

        private Class<?> define(String className) throws ClassNotFoundException {
            Path changed = directory.resolve(className.replace('.', '/') + ".class");
            try {
                byte[] bytes = Files.exists(changed) ? Files.readAllBytes(changed) : ClassFiles.find(className);
                if (bytes == null) {
                    throw new ClassNotFoundException(className);
                }
                return defineClass(className, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(className, e);
            }
        }
    }
}
