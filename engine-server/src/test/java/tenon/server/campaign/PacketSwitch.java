package tenon.server.campaign;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The network: each host has one cable, whose other end is a file descriptor here. Each packet is read, and lost,
/// copied, delayed or handed on, as the weather on the link from its sender to its receiver has it.
///
/// All is made in the network namespace of this process, which nothing leads out of.
final class PacketSwitch {
    /// The host of this process.
    static final int CLIENTS = 254;

    private static final int HOSTS_MAX = 256;
    private static final int PACKET_SIZE_BYTES_MAX = 9000;
    private static final int HEADER_SIZE_BYTES = 20;
    private static final int SOURCE_OFFSET = 15;
    private static final int DESTINATION_OFFSET = 19;
    private static final long DOWN_PAUSE_MS = 1;

    private final int[] cables = new int[HOSTS_MAX];
    private final Link[][] links = new Link[HOSTS_MAX][HOSTS_MAX];
    private final ScheduledExecutorService late =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("tenon-late-packets").daemon().factory());

    final AtomicLong forwardedCount = new AtomicLong();
    final AtomicLong lostCount = new AtomicLong();
    final AtomicLong delayedCount = new AtomicLong();
    final AtomicLong copiedCount = new AtomicLong();

    PacketSwitch() {
        for (Link[] ofHost : links) {
            for (int to = 0; to < HOSTS_MAX; to++) {
                ofHost[to] = new Link();
            }
        }
        addHost(CLIENTS, "/proc/self/ns/net");
    }

    static String address(int host) {
        return "10.77.0." + host;
    }

    /// Connects a host, which is a network namespace.
    void addHost(int host, String namespace) {
        String device = "tun" + host;
        int cable = Kernel.openTun(device);
        if (host != CLIENTS) {
            Tool.run("ip", "link", "set", device, "netns", namespace);
        }
        String inside = "--net=" + namespace;
        Tool.run("nsenter", inside, "ip", "link", "set", "lo", "up");
        Tool.run("nsenter", inside, "ip", "addr", "add", address(host) + "/24", "dev", device);
        Tool.run("nsenter", inside, "ip", "link", "set", device, "mtu", Integer.toString(PACKET_SIZE_BYTES_MAX), "up");
        cables[host] = cable;
        Thread.ofPlatform().name("tenon-cable-" + host).daemon().start(() -> forward(cable));
    }

    Link link(int from, int to) {
        return links[from][to];
    }

    private void forward(int cable) {
        MemorySegment buffer = Arena.ofShared().allocate(PACKET_SIZE_BYTES_MAX);
        while (true) {
            int sizeBytes = Kernel.readPacket(cable, buffer);
            if (sizeBytes < 0) {
                pause();
            } else if (sizeBytes >= HEADER_SIZE_BYTES && Kernel.octet(buffer, 0) >> 4 == 4) {
                int from = Kernel.octet(buffer, SOURCE_OFFSET);
                int to = Kernel.octet(buffer, DESTINATION_OFFSET);
                if (cables[to] != 0) {
                    send(links[from][to], cables[to], buffer.asSlice(0, sizeBytes));
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(DOWN_PAUSE_MS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(Link link, int cable, MemorySegment packet) {
        var random = ThreadLocalRandom.current();
        int copies = 1;
        long delayNs = 0;
        for (Weather weather : link.weathers()) {
            if (weather.loses(random)) {
                lostCount.incrementAndGet();
                return;
            }
            copies += weather.copies(random) ? 1 : 0;
            delayNs += weather.delayNs(random);
        }
        copiedCount.addAndGet(copies - 1);
        for (int i = 0; i < copies; i++) {
            if (delayNs == 0) {
                hand(cable, packet);
            } else {
                delayedCount.incrementAndGet();
                MemorySegment own = Arena.ofAuto().allocate(packet.byteSize()).copyFrom(packet);
                late.schedule(() -> hand(cable, own), delayNs, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void hand(int cable, MemorySegment packet) {
        if (Kernel.writePacket(cable, packet)) {
            forwardedCount.incrementAndGet();
        }
    }

    @Override
    public String toString() {
        return "packets: " + forwardedCount + " handed on, " + lostCount + " lost, " + delayedCount + " delayed, "
                + copiedCount + " copied";
    }
}
