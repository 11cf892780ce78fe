package tenon.server.simulation;

import java.util.random.RandomGenerator;
import tenon.raft.RaftOptions;
import tenon.raft.ReadMode;
import tenon.testkit.Seeds;

/// The cluster that a seed makes, before anything goes wrong.
///
/// @param founderCount voters from the start
/// @param spareCount nodes that wait to be added
/// @param asynchronous whether Readies are taken while earlier ones are being stored and applied
/// @param rots whether disks may lose what they hold; then members are replaced, but do not come and go
record Shape(
        long seed,
        int founderCount,
        int spareCount,
        boolean asynchronous,
        boolean rots,
        ReadMode readMode,
        boolean preVote,
        boolean checkQuorum,
        int electionTicks,
        int segmentSizeBytes,
        int checkpointEntries,
        int keptEntries) {
    static final int[] SIZES = {3, 4, 5, 7};
    static final int FAULTY_TICKS = 160;

    static Shape of(long seed) {
        RandomGenerator random = stream(seed, 1);
        int founders = SIZES[random.nextInt(SIZES.length)];
        boolean rots = random.nextInt(3) == 0;
        boolean lease = random.nextInt(3) == 0;
        return new Shape(
                seed,
                founders,
                rots || random.nextInt(5) < 2 ? 0 : 1 + random.nextInt(3),
                random.nextBoolean(),
                rots,
                lease ? ReadMode.LEASE : ReadMode.SAFE,
                random.nextBoolean(),
                lease || random.nextBoolean(),
                lease ? 5 + random.nextInt(6) : 3 + random.nextInt(4),
                1024 << random.nextInt(3),
                4 + random.nextInt(30),
                random.nextInt(8));
    }

    /// The ticks of all nodes are about equally long, as reads by lease require.
    boolean hasEvenTicks() {
        return readMode == ReadMode.LEASE;
    }

    /// How fast the clock of a node is. Even clocks differ by less than one tick in an election timeout: the fastest
    /// may be this much faster than one that is right, and many are.
    int ratePercent(RandomGenerator random) {
        if (!hasEvenTicks()) {
            return 75 + random.nextInt(50);
        }
        return random.nextBoolean() ? 100 : 100 + random.nextInt(1 + 100 / electionTicks);
    }

    boolean churns() {
        return spareCount > 0;
    }

    RaftOptions options(long nodeId) {
        RandomGenerator random = stream(seed, 100 + nodeId);
        return RaftOptions.of(nodeId)
                .seed(seed)
                .electionTicks(electionTicks)
                .preVote(preVote)
                .checkQuorum(checkQuorum)
                .readMode(readMode)
                .messageSizeMaxBytes(random.nextInt(400))
                .inflightCountMax(1 + random.nextInt(6))
                .inflightSizeMaxBytes(100 + random.nextInt(1000))
                .uncommittedSizeMaxBytes(200 + random.nextInt(1500))
                .build();
    }

    /// Randomness for one purpose, apart from that for all others.
    static RandomGenerator stream(long seed, long purpose) {
        return Seeds.from(seed * 0x9e3779b97f4a7c15L + purpose * 0xd1342543de82ef95L);
    }
}
