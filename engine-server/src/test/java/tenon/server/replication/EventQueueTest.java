package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.server.replication.EventQueue.After;
import tenon.testkit.Seeds;

@Timeout(60)
class EventQueueTest {
    private record Event(int source, int number, String thread) {
        static Event of(int source, int number) {
            return new Event(source, number, Thread.currentThread().getName());
        }
    }

    /// What was carried out, by whom.
    private final List<Event> done = new CopyOnWriteArrayList<>();
    private volatile After after = After.IDLE;
    private final EventQueue<Event> queue = new EventQueue<>(this::turn);
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();

    private After turn(List<Event> events) {
        for (Event event : events) {
            done.add(new Event(event.source, event.number, Thread.currentThread().getName()));
        }
        return after;
    }

    private Thread start(EventQueue<?> queue) {
        return Thread.ofPlatform().name("owner").start(() -> {
            try {
                queue.run(() -> {});
                end.complete(null);
            } catch (Throwable e) {
                end.complete(e);
            }
        });
    }

    /// Waits until the owner has carried out all there is.
    private void close() {
        queue.close();
        assertSame(null, end.join());
    }

    private List<Integer> numbers() {
        return done.stream().map(Event::number).toList();
    }

    private List<Boolean> byBringer() {
        String self = Thread.currentThread().getName();
        return done.stream().map(event -> event.thread.equals(self)).toList();
    }

    /// The owner has the first turn. Until it has given it back, it carries out what is brought.
    private void settle() throws InterruptedException {
        queue.offer(Event.of(0, 0));
        while (!byBringer().contains(true)) {
            Thread.sleep(1);
            queue.offer(Event.of(0, 0));
        }
        done.clear();
    }

    @Test
    void shouldLetTheBringerCarryOutWhatItBringsToAnIdleQueue() throws InterruptedException {
        start(queue);
        settle();
        queue.offer(Event.of(0, 1));
        queue.offerToGather(Event.of(0, 2));
        queue.offerToAwait(Event.of(0, 3));
        assertEquals(List.of(1, 2, 3), numbers());
        assertEquals(List.of(true, true, true), byBringer());
        close();
    }

    @Test
    void shouldLeaveToTheOwnerWhatMayGather() throws InterruptedException {
        start(queue);
        settle();
        after = After.GATHER;
        queue.offer(Event.of(0, 1));
        queue.offerToGather(Event.of(0, 2));
        queue.offerToAwait(Event.of(0, 3));
        close();
        assertEquals(List.of(1, 2, 3), numbers());
        assertEquals(List.of(true, false, false), byBringer());
    }

    @Test
    void shouldKeepWhatMayAwaitUntilAnotherEventComes() throws InterruptedException {
        start(queue);
        settle();
        after = After.AWAIT;
        queue.offer(Event.of(0, 1));
        queue.offerToAwait(Event.of(0, 2));
        assertEquals(List.of(1), numbers());
        after = After.IDLE;
        queue.offerToGather(Event.of(0, 3));
        assertEquals(List.of(1, 2, 3), numbers());
        assertEquals(List.of(true, true, true), byBringer());
        close();
    }

    @Test
    void shouldCarryOutWhatCameWithoutHurryWhenItIsHurried() throws InterruptedException {
        start(queue);
        settle();
        queue.hurry();
        queue.offerWithoutHurry(Event.of(0, 1));
        assertEquals(List.of(), numbers());
        queue.hurry();
        assertEquals(List.of(1), numbers());
        assertEquals(List.of(true), byBringer());
        close();
    }

    @Test
    void shouldLeaveWhatIsHurriedToTheOwnerThatIsCalledAlready() throws InterruptedException {
        start(queue);
        settle();
        synchronized (queue) {
            queue.offerToThread(Event.of(0, 1));
            queue.offerWithoutHurry(Event.of(0, 2));
            queue.hurry();
        }
        close();
        assertEquals(List.of(1, 2), numbers());
        assertEquals(List.of(false, false), byBringer());
    }

    @Test
    void shouldTellTheOwnerWhatWentWrongInABringersTurn() {
        var broken = new IllegalStateException("broken");
        EventQueue<Event> failing = new EventQueue<>(_ -> {
            throw broken;
        });
        start(failing);
        failing.offer(Event.of(0, 1));
        assertSame(broken, end.join());
        failing.close();
        assertFalse(failing.offer(Event.of(0, 2)));
    }

    @Test
    void shouldTakeNoMoreTurnsAfterTheEnd() throws InterruptedException {
        start(queue);
        settle();
        after = After.END;
        queue.offer(Event.of(0, 1));
        assertSame(null, end.join());
        queue.offer(Event.of(0, 2));
        assertEquals(List.of(1), numbers());
        assertEquals(List.of(2), queue.takeRest().stream().map(Event::number).toList());
    }

    /// Many bring events of every kind; what a turn says of the time after it changes at random. Where it says that an
    /// event is sure to come, the source of it brings one.
    @Test
    void shouldCarryOutEachEventOnceAndInOrderNeverTwoAtATime() throws Exception {
        long seed = Seeds.seed(EventQueueTest.class);
        int sources = 4;
        int events = 20_000;
        AtomicInteger turns = new AtomicInteger();
        SplittableRandom afters = new SplittableRandom(seed);
        int[] next = new int[sources];
        CompletableFuture<Void> all = new CompletableFuture<>();
        AtomicInteger owed = new AtomicInteger();
        EventQueue<Event> shared = new EventQueue<>(taken -> {
            assertEquals(1, turns.incrementAndGet());
            for (Event event : taken) {
                if (event.source >= 0) {
                    assertEquals(next[event.source]++, event.number);
                }
            }
            turns.decrementAndGet();
            if (IntStream.of(next).sum() == sources * events) {
                all.complete(null);
            }
            After said = After.values()[afters.nextInt(After.values().length - 1)];
            if (said == After.AWAIT) {
                owed.incrementAndGet();
            }
            return said;
        });
        Thread owner = start(shared);
        Thread debtor = Thread.ofPlatform().start(() -> {
            while (!all.isDone() && !end.isDone()) {
                if (owed.getAndSet(0) > 0) {
                    shared.offer(Event.of(-1, 0));
                }
                Thread.onSpinWait();
            }
        });
        List<Thread> bringers = IntStream.range(0, sources)
                .mapToObj(source -> Thread.ofPlatform().start(() -> {
                    SplittableRandom random = new SplittableRandom(seed + source);
                    for (int i = 0; i < events && !end.isDone(); i++) {
                        bring(shared, Event.of(source, i), random.nextInt(5));
                    }
                }))
                .toList();
        for (Thread bringer : bringers) {
            bringer.join();
        }
        CompletableFuture.anyOf(all, end).join();
        debtor.join();
        shared.close();
        owner.join();
        assertSame(null, end.join());
    }

    private static void bring(EventQueue<Event> queue, Event event, int kind) {
        boolean taken = switch (kind) {
            case 0 -> queue.offer(event);
            case 1 -> queue.offerToGather(event);
            case 2 -> queue.offerToAwait(event);
            case 3 -> queue.offerToThread(event);
            default -> queue.offerWithoutHurry(event);
        };
        assertTrue(taken);
        if (kind > 3) {
            queue.hurry();
        }
    }
}
