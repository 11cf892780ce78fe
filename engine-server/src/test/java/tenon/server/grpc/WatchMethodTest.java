package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.mvcc.CompactedException;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchRequest;
import tenon.server.error.EtcdError;
import tenon.server.kv.Records;
import tenon.server.rpc.Event;
import tenon.server.rpc.WatchCreateRequest.FilterType;
import tenon.server.rpc.WatchResponse;

/// From requests on the wire to the stream's, and from its notices to responses.
@Timeout(60)
class WatchMethodTest {
    @AutoClose
    private final TestNode node = new TestNode();

    private static KeyValue record(String key, String value, long revision) {
        return KeyValue.of(bytes(key), bytes(value), new KeyValue.Origin(revision, 1), revision, 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static WatchResponse.Builder response(long revision, long watchId) {
        return WatchResponse.newBuilder()
                .setHeader(new FakeWatch().header(revision))
                .setWatchId(watchId);
    }

    @Test
    void shouldAskForWhatTheClientAsksFor() throws Exception {
        WatchingClient client = WatchingClient.of(node.channel);
        client.create("k", _ -> {});
        client.create("", create -> create.setRangeEnd(ByteString.copyFrom(new byte[1])));
        client.create("a", create -> create.setRangeEnd(ByteString.copyFromUtf8("b"))
                .setStartRevision(7)
                .setWatchId(9)
                .setPrevKv(true)
                .setProgressNotify(true)
                .setFragment(true)
                .addFilters(FilterType.NOPUT));
        client.create("a", create -> create.addFilters(FilterType.NODELETE).addFilters(FilterType.NOPUT));
        client.call.sendMessage(tenon.server.rpc.WatchRequest.getDefaultInstance());
        client.cancel(9);
        client.requestProgress();
        FakeWatch.Stream stream = node.watch.awaitStream(0);
        assertEquals(
                List.of("watch", "watch", "watch", "watch", "cancel 9", "progress"), stream.awaitLast("progress"));

        WatchRequest plain = stream.watches.get(0);
        assertArrayEquals(bytes("k"), plain.range().start());
        assertTrue(plain.range().isSingleKey());
        assertEquals(new WatchRequest(0, plain.range(), 0, WatchRequest.Wants.EVENTS), plain);
        KeyRange all = stream.watches.get(1).range();
        assertTrue(all.isUnbounded() && all.contains(new byte[1]), "all keys");
        WatchRequest full = stream.watches.get(2);
        assertTrue(full.range().contains(bytes("az")) && !full.range().contains(bytes("b")));
        assertEquals(
                new WatchRequest(9, full.range(), 7, new WatchRequest.Wants(false, true, true, true, true)), full);
        assertEquals(
                new WatchRequest.Wants(false, false, false, false, false),
                stream.watches.get(3).wants());
    }

    @Test
    void shouldSayWhatTheStreamSays() throws Exception {
        WatchingClient client = WatchingClient.of(node.channel);
        FakeWatch.Stream stream = node.watch.awaitStream(0);
        KeyValue old = record("k", "old", 4);
        KeyValue put = record("k", "new", 6);
        KeyValue tombstone = KeyValue.tombstone(bytes("k"), 7);
        stream.sink.send(new WatchNotice.Created(3, 5));
        stream.sink.send(new WatchNotice.Events(
                3, 8, false, List.of(new WatchEvent(false, put, old), new WatchEvent(true, tombstone, null))));
        stream.sink.send(new WatchNotice.Progress(WatchNotice.Progress.ALL, 9));
        stream.sink.send(new WatchNotice.Canceled(3, 9));
        stream.sink.send(new WatchNotice.Compacted(4, 8));
        List<WatchResponse> expected = List.of(
                response(5, 3).setCreated(true).build(),
                response(8, 3)
                        .addEvents(Event.newBuilder().setKv(Records.toWire(put)).setPrevKv(Records.toWire(old)))
                        .addEvents(Event.newBuilder()
                                .setType(Event.EventType.DELETE)
                                .setKv(Records.toWire(tombstone)))
                        .build(),
                response(9, -1).build(),
                response(9, 3).setCanceled(true).build(),
                response(0, 4).setCanceled(true).setCompactRevision(8).build());
        assertEquals(expected, client.await(5));
    }

    @Test
    void shouldRefuseInEtcdsWords() throws Exception {
        WatchingClient client = WatchingClient.of(node.channel);
        FakeWatch.Stream stream = node.watch.awaitStream(0);
        for (WatchNotice.Refusal refusal : WatchNotice.Refusal.values()) {
            stream.sink.send(new WatchNotice.Refused(5, refusal));
        }
        List<String> texts = List.of(
                "mvcc: duplicate watch ID provided on the WatchStream",
                "mvcc: watcher range is empty",
                "etcdserver: mvcc: required revision has been compacted");
        List<WatchResponse> expected = texts.stream()
                .map(text -> response(5, -1)
                        .setCreated(true)
                        .setCanceled(true)
                        .setCancelReason(text)
                        .build())
                .toList();
        assertEquals(expected, client.await(3));
    }

    @Test
    void shouldRefuseAWatchWithoutPermissionAndGoOn() throws Exception {
        node.auth.enabled = true;
        WatchingClient nobody = WatchingClient.of(node.channel);
        nobody.create("k", _ -> {});
        assertEquals(
                "rpc error: code = InvalidArgument desc = etcdserver: user name is empty",
                nobody.await(1).getFirst().getCancelReason());
        WatchingClient user = WatchingClient.of(node.channel, "token", "user");
        user.create("secret", _ -> {});
        user.create("k", _ -> {});
        assertEquals(
                response(5, -1)
                        .setCreated(true)
                        .setCanceled(true)
                        .setCancelReason("rpc error: code = PermissionDenied desc = etcdserver: permission denied")
                        .build(),
                user.await(1).getFirst());
        assertEquals(List.of("watch"), node.watch.awaitStream(1).awaitLast("watch"));
    }

    @Test
    void shouldFragmentOnlyWhatIsTooLargeForWhoWantsThat() throws Exception {
        WatchingClient client = WatchingClient.of(node.channel);
        FakeWatch.Stream stream = node.watch.awaitStream(0);
        List<WatchEvent> events = IntStream.range(0, 12)
                .mapToObj(i -> new WatchEvent(false, record("k" + i, "x".repeat(500_000), 2), null))
                .toList();
        stream.sink.send(new WatchNotice.Events(1, 2, true, events));
        stream.sink.send(new WatchNotice.Progress(1, 3));
        List<WatchResponse> parts = new ArrayList<>();
        while (parts.isEmpty() || parts.getLast().getHeader().getRevision() != 3) {
            parts = client.await(parts.size() + 1);
        }
        parts = parts.subList(0, parts.size() - 1);
        assertEquals(12, parts.stream().mapToInt(WatchResponse::getEventsCount).sum());
        assertTrue(parts.size() > 2, "parts: " + parts.size());
        for (WatchResponse part : parts) {
            assertEquals(part != parts.getLast(), part.getFragment());
            assertTrue(part.getSerializedSize() < (3 << 19) + (1 << 19));
        }
        stream.sink.send(new WatchNotice.Events(2, 2, true, events.subList(0, 1)));
        assertFalse(client.await(parts.size() + 2).getLast().getFragment());
    }

    @Test
    void shouldNotBeReadyWhileTheClientTakesNothing() throws Exception {
        WatchingClient client = WatchingClient.ofNoResponse(node.channel);
        FakeWatch.Stream stream = node.watch.awaitStream(0);
        WatchEvent large = new WatchEvent(false, record("k", "x".repeat(100_000), 2), null);
        int sent = 0;
        while (sent == 0 || stream.sink.isReady() && sent < 1_000) {
            stream.sink.send(new WatchNotice.Events(1, 2, false, List.of(large)));
            sent++;
        }
        assertTrue(sent < 100, "sent ahead: " + sent);
        for (int i = 0; i < 50; i++) {
            client.cancel(i);
        }
        client.call.request(Integer.MAX_VALUE);
        client.await(sent);
        assertEquals(50, stream.awaitCount(50).size(), "requests are read when there is room");
    }

    @Test
    void shouldCloseTheStreamWhicheverWayTheCallEnds() throws Exception {
        WatchingClient leaving = WatchingClient.of(node.channel);
        node.watch.awaitStream(0);
        leaving.call.cancel("enough", null);
        node.watch.awaitStream(0).awaitLast("close");

        WatchingClient done = WatchingClient.of(node.channel);
        FakeWatch.Stream second = node.watch.awaitStream(1);
        done.call.halfClose();
        second.awaitLast("close");
        assertEquals(Status.Code.OK, done.awaitEnd().getCode());
        second.sink.send(new WatchNotice.Progress(1, 3));
        assertEquals(0, done.count(), "nothing after the end");
    }

    @Test
    void shouldTellWhyTheStreamHasEnded() throws Exception {
        WatchingClient client = WatchingClient.of(node.channel);
        node.watch.awaitStream(0).sink.end(null);
        assertEquals(EtcdError.STOPPED.text(), client.awaitEnd().getDescription());
        assertEquals(Status.Code.UNAVAILABLE, client.awaitEnd().getCode());
        WatchingClient other = WatchingClient.of(node.channel);
        node.watch.awaitStream(1).sink.end(new CompactedException(1, 2));
        assertEquals(EtcdError.COMPACTED.text(), other.awaitEnd().getDescription());
        node.watch.close();
        assertEquals(EtcdError.STOPPED.text(), WatchingClient.of(node.channel).awaitEnd().getDescription());
    }

    @Test
    void shouldEndAllWatchesAtOnceWhenTheListenerIsClosed() throws Exception {
        WatchingClient client = WatchingClient.of(node.channel);
        FakeWatch.Stream stream = node.watch.awaitStream(0);
        node.listener.close();
        assertEquals(EtcdError.STOPPED.text(), client.awaitEnd().getDescription());
        stream.awaitLast("close");
    }

    @Test
    void shouldEndWatchesThatWantALeaderWhenThereIsNone() throws Exception {
        try (TestNode impatient = new TestNode(options -> new ClientOptions(
                options.addresses(), List.of(), null, 1_000_000, 128, 100, 5, 1_000_000_000_000L, 5, 20_000_000, 50_000_000))) {
            WatchingClient demanding = WatchingClient.of(impatient.channel, "hasleader", "true");
            WatchingClient content = WatchingClient.of(impatient.channel);
            impatient.watch.awaitStream(1);
            impatient.maintenance.hasLeader = false;
            assertEquals(EtcdError.NO_LEADER.status().toString(), demanding.awaitEnd().toString());
            impatient.maintenance.hasLeader = true;
            content.create("k", _ -> {});
            WatchingClient late = WatchingClient.of(impatient.channel, "hasleader", "true");
            late.create("k", _ -> {});
            impatient.watch.awaitStream(2).awaitLast("watch");
        }
    }

    @Test
    void shouldTurnAwayWhoWantsALeaderWhenThereIsNone() throws Exception {
        node.maintenance.hasLeader = false;
        WatchingClient client = WatchingClient.of(node.channel, "hasleader", "true");
        assertEquals(EtcdError.NO_LEADER.text(), client.awaitEnd().getDescription());
        assertNull(node.auth.requests.peek());
    }
}
