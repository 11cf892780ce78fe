package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.Message;
import tenon.server.error.ListenException;
import tenon.server.tls.TlsException;
import tenon.testkit.Seeds;

class PeerNetworkTest {
    private final RandomGenerator random = Seeds.random(PeerNetworkTest.class);

    private RandomMessages from(TestMember sender, TestMember receiver) {
        return new RandomMessages(random, sender.nodeId, receiver.nodeId);
    }

    /// Sends until one has arrived: those before a connection are lost.
    private static void sendUntilItArrives(TestMember sender, TestMember receiver) {
        Message message = new Message.Heartbeat(sender.nodeId, receiver.nodeId, 1, 0, 77);
        TestMember.await("a message arrives", () -> {
            sender.network.send(List.of(message));
            return receiver.messages.contains(message);
        });
    }

    @Test
    void shouldCarryMessagesOfAllKindsBothWays() {
        try (TestMember a = new TestMember(1); TestMember b = new TestMember(2)) {
            TestMember.connect(a, b);
            for (List<TestMember> way : List.of(List.of(a, b), List.of(b, a))) {
                TestMember sender = way.getFirst();
                TestMember receiver = way.getLast();
                awaitStreams(sender, receiver);
                List<Message> sent = new ArrayList<>();
                RandomMessages messages = from(sender, receiver);
                for (int round = 0; round < 1000; round++) {
                    Message message = messages.ofKind(round % RandomMessages.KIND_COUNT);
                    if (!(message instanceof Message.InstallSnapshot)) {
                        sent.add(message);
                    }
                }
                sender.network.send(sent);
                List<Message> received = new ArrayList<>();
                while (received.size() < sent.size()) {
                    received.add(TestMember.next(receiver.messages));
                }
                assertSame(carryingEntries(sent), carryingEntries(received));
                assertSame(others(sent), others(received));
            }
        }
    }

    /// Waits until messages get through on both streams, and nothing is under way on them.
    private static void awaitStreams(TestMember sender, TestMember receiver) {
        AtomicLong term = new AtomicLong();
        TestMember.await("messages arrive on both streams", () -> {
            long from = sender.nodeId;
            long to = receiver.nodeId;
            List<Message> marks = List.of(
                    new Message.Append(from, to, term.incrementAndGet(), 0, 0, List.of(), 0),
                    new Message.Heartbeat(from, to, term.get(), 0, 1));
            sender.network.send(marks);
            for (int count = 0; count < 20 && !receiver.messages.containsAll(marks); count++) {
                TestMember.pause();
            }
            // All from before the last ones arrived before them.
            return receiver.messages.containsAll(marks);
        });
        receiver.messages.clear();
    }

    private static void assertSame(List<Message> expected, List<Message> found) {
        assertEquals(expected.size(), found.size());
        for (int place = 0; place < expected.size(); place++) {
            assertEquals(expected.get(place), found.get(place), "at place " + place);
        }
    }

    private static List<Message> carryingEntries(List<Message> messages) {
        return messages.stream()
                .filter(message -> message instanceof Message.Append || message instanceof Message.Forward)
                .toList();
    }

    private static List<Message> others(List<Message> messages) {
        List<Message> others = new ArrayList<>(messages);
        others.removeAll(new HashSet<>(carryingEntries(messages)));
        return others;
    }

    @Test
    void shouldConnectThree() {
        try (TestMember a = new TestMember(1); TestMember b = new TestMember(2); TestMember c = new TestMember(3)) {
            TestMember.connect(a, b, c);
            for (TestMember sender : List.of(a, b, c)) {
                for (TestMember receiver : List.of(a, b, c)) {
                    if (sender != receiver) {
                        sender.network.send(List.of(new Message.TimeoutNow(sender.nodeId, receiver.nodeId, 9)));
                    }
                }
            }
            for (TestMember receiver : List.of(a, b, c)) {
                Set<Long> senders = Set.of(
                        TestMember.next(receiver.messages).from(), TestMember.next(receiver.messages).from());
                assertEquals(2, senders.size());
                assertFalse(senders.contains(receiver.nodeId));
            }
            assertEquals(
                    List.of(2L, 3L),
                    a.network.traffic().stream().map(PeerTraffic::nodeId).toList());
        }
    }

    @Test
    void shouldCountWhatGoesAndMeasureTheRoundTrip() {
        try (TestMember a = new TestMember(1); TestMember b = new TestMember(2)) {
            TestMember.connect(a, b);
            a.network.send(List.of(from(a, b).append(5, 1, 0)));
            TestMember.await("a round trip is measured", () -> a.traffic(2).roundTripNs().getTotalCount() > 0);
            sendUntilItArrives(a, b);
            assertTrue(a.traffic(2).sentBytes() > 0);
            assertTrue(a.traffic(2).receivedBytes() > 0);
            assertTrue(b.traffic(1).receivedBytes() > 0);
            assertTrue(a.traffic(2).activeSinceNs().isPresent());
            assertEquals(0, b.traffic(1).receiveFailures());
        }
    }

    @Test
    void shouldFindAPeerAgainThatWasGone() {
        try (TestMember a = new TestMember(1)) {
            URI url;
            try (TestMember b = new TestMember(2)) {
                TestMember.connect(a, b);
                url = b.url();
            }
            a.awaitInactive(2);
            assertEquals(1, a.traffic(2).disconnects());
            a.unreachable.clear();
            a.network.send(List.of(new Message.TimeoutNow(1, 2, 1)));
            assertEquals(2, TestMember.next(a.unreachable));
            assertTrue(a.traffic(2).sendFailures() > 0);
            try (TestMember again = new TestMember(
                    2,
                    options -> PeerOptions.of(List.of(url), TestMember.DIRECTORY).withTiming(TestMember.TIMING))) {
                a.awaitActive(2);
                sendUntilItArrives(a, again);
            }
        }
    }

    @Test
    void shouldFollowAPeerThatMoves() {
        try (TestMember a = new TestMember(1); TestMember before = new TestMember(2); TestMember after = new TestMember(2)) {
            a.setPeer(before);
            a.awaitActive(2);
            a.setPeer(after);
            sendUntilItArrives(a, after);
            assertEquals(1, a.network.traffic().size());
        }
    }

    @Test
    void shouldTryAllAddressesOfAPeer() {
        try (TestMember a = new TestMember(1); TestMember b = new TestMember(2)) {
            URI dead = URI.create("http://127.0.0.1:1");
            a.network.setPeers(Map.of(2L, List.of(dead, URI.create("http://localhost:" + b.url().getPort()))));
            a.awaitActive(2);
            sendUntilItArrives(a, b);
        }
    }

    @Test
    void shouldTalkNoMoreToWhoIsNoMember() {
        try (TestMember a = new TestMember(1); TestMember b = new TestMember(2); TestMember c = new TestMember(3)) {
            TestMember.connect(a, b, c);
            a.removed.add(3L);
            a.setPeer(b);
            assertTrue(a.network.activeSinceNs(3).isEmpty());
            assertEquals(1, a.network.traffic().size());
            a.network.send(List.of(new Message.TimeoutNow(1, 3, 1)));
            // And the one who was removed is told so, though it still takes the other for a peer.
            assertEquals(1, TestMember.next(c.removedBy));
            c.awaitInactive(1);
            sendUntilItArrives(a, b);
            assertTrue(c.messages.isEmpty());
        }
    }

    @Test
    void shouldAnswerAMemberThatIsNotKnownYet() {
        try (TestMember leader = new TestMember(1); TestMember late = new TestMember(2)) {
            leader.setPeer(late);
            sendUntilItArrives(leader, late);
            sendUntilItArrives(late, leader);
            // That it is a member is learned afterwards, and changes nothing.
            late.setPeer(leader);
            late.awaitActive(1);
            leader.network.close();
            late.awaitInactive(1);
            assertEquals(1, late.network.traffic().size());
        }
    }

    @Test
    void shouldForgetAGuestThatLeaves() {
        try (TestMember guest = new TestMember(1); TestMember host = new TestMember(2)) {
            guest.setPeer(host);
            sendUntilItArrives(guest, host);
            assertEquals(1, host.network.traffic().size());
            guest.network.close();
            TestMember.await("the guest is forgotten", () -> host.network.traffic().isEmpty());
        }
    }

    @Test
    void shouldRefuseWhoMeansAnotherClusterOrNode() {
        try (TestMember a = new TestMember(1);
                TestMember stranger = new TestMember(2, TestPlatforms.simulated(), 0xbad, options -> options);
                LogLines log = new LogLines()) {
            stranger.setPeer(a);
            log.awaitLine("node 1 at " + a.url() + " cannot be connected: it refuses this node: "
                    + "cluster bad was meant, this is cluster c1");
            log.awaitLine("closing a connection from 127.0.0.1: refused: cluster bad was meant, this is cluster c1");
            stranger.setPeer(7, a.url());
            assertTrue(stranger.network.activeSinceNs(1).isEmpty());
            try (TestMember confused = new TestMember(3)) {
                confused.setPeer(7, a.url());
                log.awaitLine("closing a connection from 127.0.0.1: refused: node 7 was meant, this is node 1");
            }
            assertTrue(a.messages.isEmpty());
            assertTrue(a.network.traffic().isEmpty());
        }
    }

    @Test
    void shouldNotTryHotlyWhatIsRefused() {
        try (TestMember a = new TestMember(1);
                TestMember stranger = new TestMember(2, TestPlatforms.simulated(), 0xbad, options -> options);
                LogLines log = new LogLines();
                Proxy proxy = new Proxy(a.url())) {
            stranger.setPeer(1, proxy.url());
            TestMember.await("it was tried again", () -> proxy.connectionCount() >= 8);
            // Of two streams each; one line for each reason and side, not one for each try.
            assertEquals(1, log.count("refuses this node"));
            assertEquals(1, log.count("closing a connection from"));
        }
    }

    @Test
    void shouldNotLetAClampedPeerHoldUpAnother() {
        PeerOptions.Limits limits = new PeerOptions.Limits(1 << 20, 100, 1 << 16, 1 << 20, 100, 3);
        try (TestMember a = new TestMember(1, options -> options.withLimits(limits));
                TestMember b = new TestMember(2);
                TestMember c = new TestMember(3);
                Proxy proxy = new Proxy(b.url())) {
            a.network.setPeers(Map.of(2L, List.of(proxy.url()), 3L, List.of(c.url())));
            a.awaitActive(2);
            a.awaitActive(3);
            sendUntilItArrives(a, b);
            proxy.clamp(true);
            a.unreachable.clear();
            // Fills the sockets between them, the connection's room and the queue.
            TestMember.await("there is no room any more", () -> {
                a.network.send(List.of(from(a, b).append(5, 10, 100_000)));
                return a.unreachable.contains(2L);
            });
            sendUntilItArrives(a, c);
            proxy.clamp(false);
            sendUntilItArrives(a, b);
        }
    }

    @Test
    void shouldNoticeAPeerThatIsSilent() {
        long ms = 1_000_000;
        PeerOptions.Timing impatient = new PeerOptions.Timing(
                10_000 * ms, 50 * ms, 1_000 * ms, 10 * ms, 100 * ms, 0, 60_000 * ms, 60_000 * ms, 60_000 * ms);
        try (TestMember a = new TestMember(1, options -> options.withTiming(impatient));
                TestMember b = new TestMember(2);
                Proxy proxy = new Proxy(b.url());
                LogLines log = new LogLines()) {
            a.setPeer(2, proxy.url());
            sendUntilItArrives(a, b);
            proxy.clamp(true);
            log.awaitLine("node 2 at " + proxy.url() + " is not connected any more: nothing was heard for too long");
            a.awaitInactive(2);
            proxy.cutAll();
            proxy.clamp(false);
            a.awaitActive(2);
        }
    }

    @Test
    void shouldDropAMessageThatIsTooLargeAndNothingElse() {
        PeerOptions.Limits limits = new PeerOptions.Limits(10_000, 100, 1 << 16, 1 << 20, 100, 3);
        try (TestMember a = new TestMember(1, options -> options.withLimits(limits)); TestMember b = new TestMember(2)) {
            TestMember.connect(a, b);
            awaitStreams(a, b);
            a.unreachable.clear();
            Message.Append large = from(a, b).append(5, 20, 1);
            Message small = from(a, b).append(6, 1, 10);
            Message tooLarge = new Message.Append(1, 2, 5, 1, 1, List.of(
                    new tenon.api.Entry(5, 2, tenon.api.EntryType.NORMAL, new byte[10_000])), 1);
            a.network.send(List.of(large, tooLarge, small));
            assertEquals(large, TestMember.next(b.messages));
            assertEquals(small, TestMember.next(b.messages));
            assertEquals(2, TestMember.next(a.unreachable));
        }
    }

    @Test
    void shouldHandASnapshotMessageToWhoCanMakeOne() {
        try (TestMember a = new TestMember(1); TestMember b = new TestMember(2)) {
            a.setPeer(b);
            Message.InstallSnapshot wanted = from(a, b).snapshot(4);
            a.network.send(List.of(wanted));
            assertEquals(wanted, TestMember.next(a.wanted));
        }
    }

    @Test
    void shouldRefuseWrongAddresses() {
        try (TestMember a = new TestMember(1)) {
            assertThrows(IllegalArgumentException.class, () -> a.setPeer(2, URI.create("unix:/socket")));
            assertThrows(IllegalArgumentException.class, () -> a.network.setPeers(Map.of(2L, List.of())));
            assertTrue(a.network.traffic().isEmpty());
            assertThrows(
                    ListenException.class,
                    () -> new TestMember(2, options -> PeerOptions.of(List.of(a.url()), TestMember.DIRECTORY)));
            assertThrows(
                    TlsException.class,
                    () -> PeerOptions.of(List.of(URI.create("https://127.0.0.1:0")), TestMember.DIRECTORY));
        }
    }

    @Test
    void shouldTakeMessagesWithoutEffectWhenItIsClosed() {
        TestMember a = new TestMember(1);
        TestMember b = new TestMember(2);
        TestMember.connect(a, b);
        b.close();
        a.close();
        a.close();
        a.network.send(List.of(new Message.TimeoutNow(1, 2, 1)));
        a.setPeer(2, URI.create("http://127.0.0.1:1"));
        a.network.sendSnapshot(2, _ -> {
            throw new IllegalStateException("nobody wants it");
        });
        assertEquals(new TestMember.Sent(2, false), TestMember.next(a.sent));
        assertTrue(a.network.traffic().isEmpty());
    }
}
