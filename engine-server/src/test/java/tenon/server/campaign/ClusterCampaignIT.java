package tenon.server.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.server.command.demo.ServerProgram;
import tenon.testkit.Seeds;

/// A cluster of real processes under all kinds of faults at once keeps all that it acknowledged, and tells no lies.
///
/// `-Dtenon.campaign.seconds`, `-Dtenon.campaign.members` and `-Dtenon.campaign.program=etcd` make another campaign.
class ClusterCampaignIT {
    private static final List<String> OWN_NAMESPACES =
            List.of("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");
    private static final List<String> FLAGS = List.of(
            "-ea",
            "-Xmx1500m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            // Netty looks for a network card to name this machine by, and complains of the one that it finds.
            "-Dio.netty.machineId=02:00:00:00:00:01");
    private static final String PROPERTIES = "tenon.campaign.";
    private static final int SECONDS =
            Integer.getInteger(CampaignOptions.SECONDS, CampaignOptions.SECONDS_DEFAULT);
    /// To start the members, to let them settle, and to check everything.
    private static final int END_SECONDS_MAX = 300;

    @Test
    void shouldKeepItsPromisesUnderAllFaultsAtOnce() throws IOException, InterruptedException {
        assumeTrue(isPossible(), "needs root, unshare, nsenter, ip, strace, mkfs.ext4, /dev/net/tun and loop devices");
        List<String> program = ServerProgram.words(CampaignOptions.PROGRAM);
        ServerProgram.prepare(program);
        long seed = Seeds.seed(getClass());
        Path directory = Files.createDirectories(Path.of("target/campaign/" + seed).toAbsolutePath());
        Process campaign = new ProcessBuilder(command(program, seed, directory))
                .redirectErrorStream(true)
                .start();
        // Whatever it hangs on: this test ends, and says so.
        CompletableFuture.delayedExecutor(SECONDS + END_SECONDS_MAX, TimeUnit.SECONDS).execute(campaign::destroyForcibly);
        try (var lines = campaign.inputReader();
                var report = Files.newBufferedWriter(directory.resolve("report.txt"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                report.write(line + "\n");
            }
            assertEquals(0, campaign.waitFor(), "seed " + seed + " failed; report and logs are in " + directory);
        } finally {
            campaign.destroyForcibly();
        }
    }

    private static boolean isPossible() {
        return Tool.works("unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "ip", "link", "set", "lo", "up")
                && Tool.works("nsenter", "--version")
                && Tool.works("strace", "--version")
                && Tool.works("mkfs.ext4", "-V")
                && Files.exists(Path.of("/dev/net/tun"))
                && Files.exists(Path.of("/dev/loop-control"));
    }

    private static List<String> command(List<String> program, long seed, Path directory) {
        List<String> command = new ArrayList<>(OWN_NAMESPACES);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.add("-D" + CampaignOptions.PROGRAM + "=" + String.join(" ", program));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(PROPERTIES))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.add("-D" + CampaignOptions.SEED + "=" + seed);
        command.add("-D" + CampaignOptions.DIRECTORY + "=" + directory);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Campaign.class.getName()));
        return command;
    }
}
