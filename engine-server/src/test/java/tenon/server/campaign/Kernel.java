package tenon.server.campaign;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The calls of Linux that the JDK has no words for.
final class Kernel {
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN_AND_NO_PI = 0x1001;
    private static final int IFREQ_SIZE_BYTES = 40;
    private static final int IFREQ_FLAGS_OFFSET = 16;

    /// Of XFS at first; ext4 knows it too.
    private static final long FS_IOC_SHUTDOWN = 0x8004587dL;

    /// Nothing more reaches the disk, the journal neither.
    private static final int SHUTDOWN_WITHOUT_FLUSH = 2;

    private static final MethodHandle OPEN = find("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle KILL = find("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle READ = find("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE = find("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle IOCTL = find(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(2));

    private Kernel() {}

    @SuppressWarnings("restricted")
    private static MethodHandle find(String name, FunctionDescriptor shape, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), shape, options);
    }

    /// Makes a network device whose packets this process reads and writes.
    ///
    /// @return its file descriptor, which keeps it also when it moves into another network namespace
    static int openTun(String name) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom("/dev/net/tun"), O_RDWR);
            MemorySegment request = arena.allocate(IFREQ_SIZE_BYTES);
            request.setString(0, name);
            request.set(JAVA_SHORT, IFREQ_FLAGS_OFFSET, IFF_TUN_AND_NO_PI);
            check(fd >= 0 && (int) IOCTL.invokeExact(fd, TUNSETIFF, request) == 0, "no network device " + name);
            return fd;
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// Waits for a packet.
    ///
    /// @return its length in bytes; negative if the device is not up (yet)
    static int readPacket(int fd, MemorySegment buffer) {
        try {
            return (int) (long) READ.invokeExact(fd, buffer, buffer.byteSize());
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// Hands over a packet. One that the device does not take is lost, as packets are.
    static boolean writePacket(int fd, MemorySegment packet) {
        try {
            return (long) WRITE.invokeExact(fd, packet, packet.byteSize()) == packet.byteSize();
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    static void signal(long pid, int signal) {
        try {
            // That it is gone already is no failure.
            int ignored = (int) KILL.invokeExact((int) pid, signal);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// The file system at that place loses all that was not synced, and fails every call from now on.
    static void shutDownFileSystem(Path place) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom(place.toString()), O_RDONLY);
            MemorySegment how = arena.allocateFrom(JAVA_INT, SHUTDOWN_WITHOUT_FLUSH);
            check(fd >= 0 && (int) IOCTL.invokeExact(fd, FS_IOC_SHUTDOWN, how) == 0, "cannot shut down " + place);
            int closed = (int) CLOSE.invokeExact(fd);
            check(closed == 0, "cannot close " + place);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// The byte at that place of a packet, 0 to 255.
    static int octet(MemorySegment packet, int offset) {
        return packet.get(JAVA_BYTE, offset) & 0xff;
    }

    private static void check(boolean holds, String complaint) {
        if (!holds) {
            throw new IllegalStateException(complaint);
        }
    }

    private static RuntimeException failed(Throwable cause) {
        return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }
}
