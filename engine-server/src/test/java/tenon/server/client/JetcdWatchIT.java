package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Watches as an unmodified Java client asks for them.
@Timeout(120)
class JetcdWatchIT {
    @TempDir
    private Path directory;

    private ServerUnderTest server;
    private Client client;
    private KV kv;

    @BeforeEach
    void start() {
        server = ServerUnderTest.start(directory);
        client = Client.builder().endpoints(server.uri()).build();
        kv = client.getKVClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    /// What a watch was told.
    private static final class Told implements Watch.Listener {
        final BlockingQueue<Object> all = new LinkedBlockingQueue<>();

        @Override
        public void onNext(WatchResponse response) {
            all.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            all.add(failure);
        }

        @Override
        public void onCompleted() {}

        Object next() throws InterruptedException {
            return all.poll(30, TimeUnit.SECONDS);
        }

        List<String> events(int count) throws InterruptedException {
            List<String> events = new ArrayList<>();
            while (events.size() < count) {
                WatchResponse response = assertInstanceOf(WatchResponse.class, next());
                response.getEvents().forEach(event -> events.add(text(event)));
            }
            return events;
        }
    }

    private static String text(WatchEvent event) {
        KeyValue previous = event.getPrevKV();
        String before = previous == null || previous.getModRevision() == 0
                ? ""
                : " was " + previous.getValue() + "@" + previous.getModRevision();
        KeyValue now = event.getKeyValue();
        return event.getEventType() + " " + now.getKey() + "=" + now.getValue() + "@" + now.getModRevision() + before;
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private long put(String key, String value) throws Exception {
        return get(kv.put(bytes(key), bytes(value))).getHeader().getRevision();
    }

    @Test
    void shouldTellOfThePastAndThePresent() throws Exception {
        put("k1", "a");
        put("k2", "b");
        Told told = new Told();
        WatchOption option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(2)
                .withPrevKV(true)
                .build();
        try (Watch.Watcher _ = client.getWatchClient().watch(bytes("k"), option, told)) {
            assertEquals(List.of("PUT k1=a@2", "PUT k2=b@3"), told.events(2));
            put("k1", "c");
            get(kv.delete(bytes("k2")));
            put("other", "d");
            put("k3", "e");
            assertEquals(
                    List.of("PUT k1=c@4 was a@2", "DELETE k2=@5 was b@3", "PUT k3=e@7"), told.events(3));
        }
    }

    @Test
    void shouldFilterAndAnswerForProgress() throws Exception {
        Told puts = new Told();
        Told deletes = new Told();
        Watch watch = client.getWatchClient();
        try (Watch.Watcher _ = watch.watch(
                        bytes("k"), WatchOption.builder().withNoDelete(true).build(), puts);
                Watch.Watcher _ = watch.watch(
                        bytes("k"), WatchOption.builder().withNoPut(true).withRevision(1).build(), deletes)) {
            put("k", "1");
            get(kv.delete(bytes("k")));
            long revision = put("k", "2");
            assertEquals(List.of("PUT k=1@2", "PUT k=2@4"), puts.events(2));
            assertEquals(List.of("DELETE k=@3"), deletes.events(1));
            watch.requestProgress();
            WatchResponse progress = assertInstanceOf(WatchResponse.class, puts.next());
            assertTrue(progress.isProgressNotify());
            assertEquals(revision, progress.getHeader().getRevision());
        }
    }

    @Test
    void shouldSayThatARevisionIsCompacted() throws Exception {
        put("k", "1");
        put("k", "2");
        long revision = put("k", "3");
        get(kv.compact(revision));
        Told told = new Told();
        try (Watch.Watcher _ = client.getWatchClient()
                .watch(bytes("k"), WatchOption.builder().withRevision(2).build(), told)) {
            Object first = told.next();
            CompactedException compacted = assertInstanceOf(CompactedException.class, first);
            assertEquals(revision, compacted.getCompactedRevision());
        }
    }

    @Test
    void shouldServeManyWatchesOfOneClient() throws Exception {
        List<Told> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Told told = new Told();
            client.getWatchClient().watch(bytes("k" + i % 10), told);
            all.add(told);
        }
        // All have begun once the last one is told of something.
        for (int i = 0; i < 20; i++) {
            put("k" + i % 10, "v" + i);
        }
        for (int i = 0; i < 50; i++) {
            String last = "";
            while (!last.startsWith("PUT k" + i % 10 + "=v" + (10 + i % 10))) {
                last = all.get(i).events(1).getLast();
            }
        }
    }
}
