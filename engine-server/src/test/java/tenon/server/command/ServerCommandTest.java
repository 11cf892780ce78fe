package tenon.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCommandTest {
    @Test
    void shouldShowTheFlags() {
        for (String flag : new String[] {"--help", "-help", "-h"}) {
            CommandRun run = CommandRun.of("server", flag);
            assertEquals(ExitCode.OK, run.exitCode());
            assertTrue(run.out().startsWith("Usage: tenon server [FLAG...]\n"), run.out());
            assertTrue(run.out().contains("--data-dir <path>"), run.out());
        }
        assertTrue(CommandRun.of("help").out().contains("Run a node, with the flags of etcd."));
    }

    @Test
    void shouldSayWhichFlagItDoesNotUnderstand() {
        CommandRun run = CommandRun.of("server", "--no-such-flag");
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertEquals("tenon: unknown flag: --no-such-flag\n", run.err());
    }

    /// The library of the other commands takes 0.1 s to get going, and the start-up cache cannot hold it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "command/Main", "command/ServerProcess", "command/LogLines", "command/Console",
                "config/ServerFlags", "config/FlagArguments", "config/FlagTable", "config/Flag", "config/FlagValues"
            })
    void shouldStartWithoutTheLibraryOfTheCommandTree(String className) throws IOException {
        try (InputStream in = Main.class.getResourceAsStream("/tenon/server/" + className + ".class")) {
            String constants = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertFalse(constants.contains("picocli"), className);
        }
    }
}
