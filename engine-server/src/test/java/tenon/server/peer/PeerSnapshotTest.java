package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Message;
import tenon.api.Platform;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

class PeerSnapshotTest {
    private final long seed = Seeds.seed(PeerSnapshotTest.class);
    private final Message.InstallSnapshot message = new RandomMessages(Seeds.from(seed), 1, 2).snapshot(3);

    /// Writes so many bytes, in pieces of odd sizes.
    private SnapshotSource source(int sizeBytes) {
        return target -> {
            write(content(sizeBytes), target);
            return message;
        };
    }

    private static void write(byte[] content, OutputStream target) {
        try {
            for (int index = 0; index < content.length; index += 30_011) {
                target.write(content, index, Math.min(30_011, content.length - index));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] content(int sizeBytes) {
        byte[] content = new byte[sizeBytes];
        Seeds.from(seed).nextBytes(content);
        return content;
    }

    private static final class Disks {
        private final SimulatedFileSystem sender = new SimulatedFileSystem();
        private final SimulatedFileSystem receiver = new SimulatedFileSystem();
    }

    private static TestMember member(long nodeId, SimulatedFileSystem disk) {
        return new TestMember(nodeId, Platform.system().withFiles(disk), TestMember.CLUSTER_ID, options -> options);
    }

    private static List<String> names(SimulatedFileSystem disk) {
        return disk.list(TestMember.DIRECTORY).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Test
    void shouldArriveThroughManyCutsOfItsConnection(@TempDir Path directory) throws IOException {
        int sizeBytes = 50 * 1024 * 1024;
        RandomGenerator random = Seeds.from(seed);
        try (TestMember sender = onDisk(1, directory.resolve("1"));
                TestMember receiver = onDisk(2, directory.resolve("2"));
                Proxy proxy = new Proxy(receiver.url())) {
            sender.setPeer(2, proxy.url());
            sender.awaitActive(2);
            proxy.cutAfter(3_000_000 + random.nextInt(10_000_000));
            sender.network.sendSnapshot(2, source(sizeBytes));
            assertEquals(new TestMember.Sent(2, true), TestMember.next(sender.sent));
            TestMember.Arrived arrived = TestMember.next(receiver.snapshots);
            assertEquals(message, arrived.message());
            assertArrayEquals(content(sizeBytes), Files.readAllBytes(arrived.file()));
            assertTrue(proxy.connectionCount() >= 5, "the connection was cut");
            assertEquals(
                    List.of(String.format("%016x.snap.db", message.mark().raftIndex())),
                    List.of(directory.resolve("2").toFile().list()));
            assertEquals(0, directory.resolve("1").toFile().list().length);
            assertEquals(1, sender.traffic(2).snapshotsSent().successes());
            assertEquals(0, sender.traffic(2).snapshotsSent().failures());
        }
    }

    private static TestMember onDisk(long nodeId, Path directory) {
        return new TestMember(
                nodeId,
                Platform.system(),
                TestMember.CLUSTER_ID,
                options -> PeerOptions.of(options.listenUrls(), directory).withTiming(options.timing()));
    }

    @Test
    void shouldBeDurableBeforeItIsHandedOver() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender); TestMember receiver = member(2, disks.receiver)) {
            TestMember.connect(sender, receiver);
            sender.network.sendSnapshot(2, source(1_000_000));
            TestMember.Arrived arrived = TestMember.next(receiver.snapshots);
            assertArrayEquals(content(1_000_000), disks.receiver.durableContent(arrived.file()));
            SimulatedFileSystem after = disks.receiver.crash(Seeds.from(seed));
            assertArrayEquals(content(1_000_000), after.content(arrived.file()));
            assertTrue(TestMember.next(sender.sent).delivered());
        }
    }

    @Test
    void shouldCarryAnEmptyOne() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender); TestMember receiver = member(2, disks.receiver)) {
            TestMember.connect(sender, receiver);
            sender.network.sendSnapshot(2, source(0));
            assertTrue(TestMember.next(sender.sent).delivered());
            assertEquals(0, disks.receiver.content(TestMember.next(receiver.snapshots).file()).length);
        }
    }

    @Test
    void shouldBeginAnewWhenTheReceiverHasLostItsPart() {
        Disks disks = new Disks();
        int sizeBytes = 8_000_000;
        try (TestMember sender = member(1, disks.sender)) {
            URI url;
            try (TestMember first = member(2, disks.receiver); Proxy proxy = new Proxy(first.url())) {
                url = first.url();
                proxy.cutAfter(2_000_000);
                sender.setPeer(2, proxy.url());
                sender.network.sendSnapshot(2, source(sizeBytes));
                TestMember.await(
                        "a part has come",
                        () -> !first.network.traffic().isEmpty()
                                && first.traffic(1).snapshotsReceived().doneBytes() > 0);
                sender.setPeer(2, url);
            }
            assertFalse(names(disks.receiver).stream().anyMatch(name -> name.endsWith(".part")));
            try (TestMember again = new TestMember(
                    2,
                    Platform.system().withFiles(disks.receiver),
                    TestMember.CLUSTER_ID,
                    options -> PeerOptions.of(List.of(url), TestMember.DIRECTORY).withTiming(options.timing()))) {
                // The tries in between may have been given up; then it is asked for again, as Raft would.
                while (!TestMember.next(sender.sent).delivered()) {
                    sender.network.sendSnapshot(2, source(sizeBytes));
                }
                TestMember.Arrived arrived = TestMember.next(again.snapshots);
                assertArrayEquals(content(sizeBytes), disks.receiver.content(arrived.file()));
            }
        }
    }

    @Test
    void shouldBeGivenUpWhenNoTryGetsFurther() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender); LogLines log = new LogLines()) {
            sender.setPeer(2, URI.create("http://127.0.0.1:1"));
            sender.network.sendSnapshot(2, source(1000));
            assertEquals(new TestMember.Sent(2, false), TestMember.next(sender.sent));
            assertEquals(List.of(), names(disks.sender));
            assertEquals(1, sender.traffic(2).snapshotsSent().failures());
            assertEquals(1, log.count("a snapshot for node 2 was given up after 5 tries in a row"));
        }
    }

    @Test
    void shouldNotBeTakenWithWrongBytes() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender);
                TestMember receiver = member(2, disks.receiver);
                LogLines log = new LogLines()) {
            TestMember.connect(sender, receiver);
            sender.network.sendSnapshot(2, target -> {
                write(content(1_000_000), target);
                // What was spooled rots before it is sent.
                disks.sender.corrupt(SnapshotFiles.spool(TestMember.DIRECTORY, 2), 1234, 1);
                return message;
            });
            assertEquals(new TestMember.Sent(2, false), TestMember.next(sender.sent));
            assertTrue(receiver.snapshots.isEmpty());
            assertTrue(log.count("a snapshot whose CRC is wrong as a whole") > 0);
            assertEquals(List.of(), names(disks.receiver));
            assertTrue(receiver.traffic(1).snapshotsReceived().failures() > 0);
        }
    }

    @Test
    void shouldFailWhenADiskIsFullAndLeaveNothing() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender);
                TestMember receiver = member(2, disks.receiver);
                LogLines log = new LogLines()) {
            TestMember.connect(sender, receiver);
            disks.receiver.setCapacityBytes(100_000);
            sender.network.sendSnapshot(2, source(1_000_000));
            assertFalse(TestMember.next(sender.sent).delivered());
            assertEquals(
                    1, log.count("a snapshot from node 1 was given up: a snapshot of 1000000 bytes, where 100000 are"));
            disks.sender.setCapacityBytes(100_000);
            sender.network.sendSnapshot(2, source(1_000_000));
            assertFalse(TestMember.next(sender.sent).delivered());
            assertEquals(List.of(), names(disks.sender));
            assertEquals(List.of(), names(disks.receiver));
            disks.sender.setCapacityBytes(100_000_000);
            disks.receiver.setCapacityBytes(100_000_000);
            sender.network.sendSnapshot(2, source(1_000_000));
            assertTrue(TestMember.next(sender.sent).delivered());
        }
    }

    @Test
    void shouldFailWhenItsSourceFails() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender); TestMember receiver = member(2, disks.receiver)) {
            TestMember.connect(sender, receiver);
            sender.network.sendSnapshot(2, _ -> {
                throw new IllegalStateException("the store is closed");
            });
            assertFalse(TestMember.next(sender.sent).delivered());
            assertEquals(List.of(), names(disks.sender));
            sender.network.sendSnapshot(2, target -> {
                write(content(10), target);
                return new RandomMessages(Seeds.from(seed), 1, 3).snapshot(4);
            });
            assertFalse(TestMember.next(sender.sent).delivered(), "its message is for another one");
        }
    }

    @Test
    void shouldBeOneAtATimeToAPeer() throws InterruptedException {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender); TestMember receiver = member(2, disks.receiver)) {
            TestMember.connect(sender, receiver);
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger secondCount = new AtomicInteger();
            sender.network.sendSnapshot(2, target -> {
                begun.countDown();
                await(goOn);
                return source(1000).writeTo(target);
            });
            begun.await();
            sender.network.sendSnapshot(2, target -> {
                secondCount.incrementAndGet();
                return source(1000).writeTo(target);
            });
            assertEquals(new TestMember.Sent(2, false), TestMember.next(sender.sent));
            goOn.countDown();
            assertEquals(new TestMember.Sent(2, true), TestMember.next(sender.sent));
            assertEquals(0, secondCount.get());
            sender.network.sendSnapshot(3, source(1000));
            assertEquals(new TestMember.Sent(3, false), TestMember.next(sender.sent), "nobody knows node 3");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldEndWhenItsPeerIsRemoved() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender);
                TestMember receiver = member(2, disks.receiver);
                Proxy proxy = new Proxy(receiver.url())) {
            sender.setPeer(2, proxy.url());
            sender.awaitActive(2);
            proxy.clamp(true);
            sender.network.sendSnapshot(2, source(20_000_000));
            TestMember.await("it is spooled", () -> sender.traffic(2).snapshotsSent().wholeBytes() > 0);
            sender.network.setPeers(Map.of());
            assertEquals(new TestMember.Sent(2, false), TestMember.next(sender.sent));
            assertEquals(List.of(), names(disks.sender));
        }
    }

    @Test
    void shouldLeaveNothingWhenTheReceiverStops() {
        Disks disks = new Disks();
        try (TestMember sender = member(1, disks.sender)) {
            try (TestMember receiver = member(2, disks.receiver); Proxy proxy = new Proxy(receiver.url())) {
                proxy.cutAfter(1_500_000);
                sender.setPeer(2, proxy.url());
                sender.network.sendSnapshot(2, source(20_000_000));
                TestMember.await(
                        "a part has come",
                        () -> !receiver.network.traffic().isEmpty()
                                && receiver.traffic(1).snapshotsReceived().doneBytes() > 0);
            }
            assertEquals(List.of(), names(disks.receiver));
        }
        assertEquals(List.of(), names(disks.sender));
    }

    @Test
    void shouldDeleteWhatAnEarlierLifeHasLeft() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        for (String name : List.of("2.snap.spool", "77.snap.part", "0000000000000007.snap.db", "db")) {
            disk.setContent(TestMember.DIRECTORY.resolve(name), new byte[3]);
        }
        try (TestMember member = member(1, disk)) {
            assertEquals(List.of("db"), names(disk));
            assertTrue(member.network.traffic().isEmpty());
        }
    }

    @Test
    void shouldPreferTheLaterTerm() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        try (TestMember old = new TestMember(1);
                TestMember leader = new TestMember(3);
                TestMember receiver = member(2, disk);
                Proxy proxy = new Proxy(receiver.url());
                LogLines log = new LogLines()) {
            old.setPeer(2, proxy.url());
            leader.setPeer(receiver);
            old.awaitActive(2);
            leader.awaitActive(2);
            proxy.clamp(true);
            old.network.sendSnapshot(2, source(20_000_000));
            TestMember.await("the first one is on its way", () -> old.traffic(2).snapshotsSent().wholeBytes() > 0);
            Message.InstallSnapshot later = new RandomMessages(Seeds.from(seed), 3, 2).snapshot(4);
            leader.network.sendSnapshot(2, target -> {
                write(content(3_000_000), target);
                return later;
            });
            TestMember.Arrived arrived = TestMember.next(receiver.snapshots);
            assertEquals(later, arrived.message());
            assertTrue(TestMember.next(leader.sent).delivered());
            proxy.clamp(false);
            assertTrue(TestMember.next(old.sent).delivered(), "nothing else is coming any more");
            assertEquals(0, log.count("error of this node"));
        }
    }
}
