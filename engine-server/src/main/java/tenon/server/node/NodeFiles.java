package tenon.server.node;

import tenon.api.Log;
import tenon.api.Platform;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.server.ServerConfig;
import tenon.server.auth.SimpleTokens;
import tenon.server.kv.Deadlines;
import tenon.server.kv.ReaderThreads;

/// What a node is made of that has to be closed if the rest of it cannot be made: its open files, and what has a timer or
/// threads.
record NodeFiles(
        DataDirectory directory,
        MvccStore store,
        Recovery recovery,
        Deadlines deadlines,
        SimpleTokens tokens,
        ReaderThreads readers) {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long NS_PER_S = 1_000 * NS_PER_MS;
    private static final int READER_COUNT_MIN = 2;

    /// @throws tenon.api.StorageException if the files cannot be used
    static NodeFiles open(ServerConfig config, Platform platform) {
        DataDirectory directory = DataDirectory.open(platform, config.dataDir(), config.walDir());
        MvccStore store = null;
        Log log = null;
        Deadlines deadlines = null;
        SimpleTokens tokens = null;
        try {
            store = MvccStore.open(platform, directory.store(), mvccOptions(config));
            Recovery recovery = Recovery.run(
                    platform, directory, store, config, new ProbedCluster(platform, PeerSettings.tls(config)));
            log = recovery.log();
            deadlines = new Deadlines(platform.clock(), config.requestTimeoutMs() * NS_PER_MS);
            tokens = new SimpleTokens(platform.clock(), config.authTokenTtlSeconds() * NS_PER_S);
            ReaderThreads readers = new ReaderThreads(
                    platform, Math.max(READER_COUNT_MIN, Runtime.getRuntime().availableProcessors()));
            return new NodeFiles(directory, store, recovery, deadlines, tokens, readers);
        } catch (RuntimeException | Error e) {
            Closing.all(e, tokens, deadlines, store, log, directory);
            throw e;
        }
    }

    private static MvccOptions mvccOptions(ServerConfig config) {
        return new MvccOptions(
                config.backendBatchIntervalMs() * NS_PER_MS,
                config.backendBatchLimit(),
                config.compactionBatchLimit(),
                config.compactionPauseMs() * NS_PER_MS,
                config.prefault(),
                MvccOptions.DEFAULT.keyFillPercent());
    }

    void closeAfter(Throwable cause) {
        Closing.all(cause, readers, tokens, deadlines, store, recovery.log(), directory);
    }
}
