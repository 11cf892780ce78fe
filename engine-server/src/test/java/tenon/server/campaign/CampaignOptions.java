package tenon.server.campaign;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// What a campaign is to be.
///
/// @param seed of the schedule, of the clients' operations and of the members' flags
/// @param seconds how long faults go on
/// @param program the words that start a server
/// @param directory for all that is left behind
/// @param only numbers of the faults that are to happen; empty for all
record CampaignOptions(
        long seed, int seconds, int memberCount, List<String> program, Path directory, List<Integer> only) {
    static final String SEED = "tenon.seed";
    static final String SECONDS = "tenon.campaign.seconds";
    static final String MEMBERS = "tenon.campaign.members";
    static final String PROGRAM = "tenon.campaign.program";
    static final String DIRECTORY = "tenon.campaign.directory";
    static final String FAULTS = "tenon.campaign.faults";

    static final int SECONDS_DEFAULT = 60;
    private static final int MEMBERS_DEFAULT = 3;

    /// As the properties of this process have them.
    static CampaignOptions ofProperties() {
        String faults = System.getProperty(FAULTS, "");
        return new CampaignOptions(
                Long.getLong(SEED),
                Integer.getInteger(SECONDS, SECONDS_DEFAULT),
                Integer.getInteger(MEMBERS, MEMBERS_DEFAULT),
                List.of(System.getProperty(PROGRAM).split(" ")),
                Path.of(System.getProperty(DIRECTORY)),
                Arrays.stream(faults.split(","))
                        .filter(number -> !number.isBlank())
                        .map(Integer::valueOf)
                        .toList());
    }

    Schedule schedule() {
        Schedule all = Schedule.of(seed, memberCount, seconds);
        return only.isEmpty() ? all : all.only(only);
    }

    /// Flags of the members: different rhythms put the faults into different places.
    List<String> flags() {
        var random = new Random(~seed);
        int heartbeatMs = List.of(50, 100).get(random.nextInt(2));
        List<String> flags = new ArrayList<>();
        flags.add("--heartbeat-interval=" + heartbeatMs);
        flags.add("--election-timeout=" + heartbeatMs * 10);
        flags.add("--snapshot-count=" + List.of("100", "1000", "10000").get(random.nextInt(3)));
        flags.add("--backend-batch-interval=" + List.of("5ms", "30ms", "100ms").get(random.nextInt(3)));
        return flags;
    }

    /// Whether it is Tenon that is tested, whose files its own tools can judge.
    boolean isTenon() {
        return program.getFirst().endsWith("/tenon");
    }
}
