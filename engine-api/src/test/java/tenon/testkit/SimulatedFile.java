package tenon.testkit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import tenon.api.FileInUseException;
import tenon.api.MisuseException;
import tenon.api.StorageFile;
import tenon.api.StorageFullException;
import tenon.api.StorageIoException;

/// A handle on a [DiskFile]; dead once the power is cut.
final class SimulatedFile implements StorageFile {
    private static final int MISDIRECTION_BYTES = 4096;

    private final SimulatedFileSystem disk;
    private final DiskFile file;
    private final Path path;
    private final boolean isWritable;
    private boolean isOpen = true;

    SimulatedFile(SimulatedFileSystem disk, DiskFile file, Path path, boolean isWritable) {
        this.disk = disk;
        this.file = file;
        this.path = path;
        this.isWritable = isWritable;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() {
        synchronized (disk) {
            checkUsable("find the size", false);
            return file.live.sizeBytes();
        }
    }

    @Override
    public int read(long positionBytes, ByteBuffer target) {
        synchronized (disk) {
            checkUsable("read at position " + positionBytes, false);
            disk.onRead("read at position " + positionBytes, path);
            int count = file.live.available(positionBytes, target.remaining());
            if (count > 0) {
                target.put(file.live.array(), (int) positionBytes, count);
            }
            return count;
        }
    }

    @Override
    public void write(long positionBytes, ByteBuffer... sources) {
        synchronized (disk) {
            String operation = "write at position " + positionBytes;
            checkUsable(operation, true);
            byte[] bytes = joined(sources);
            Fault fault = disk.countOperation(operation, path);
            if (fault == Fault.POWER_CUT) {
                file.writePending(positionBytes, bytes);
                throw disk.powerCut(operation, path);
            }
            if (fault == Fault.IO_ERROR_PARTIAL || fault == Fault.DISK_FULL) {
                writeWhatFits(positionBytes, bytes, bytes.length / 2);
            }
            if (fault == Fault.LOST_WRITE) {
                return;
            }
            disk.checkNoError(fault, operation, path);
            long position = fault == Fault.MISDIRECTED_WRITE ? positionBytes + MISDIRECTION_BYTES : positionBytes;
            long room = disk.roomBytes() + file.live.sizeBytes() - position;
            if (room < bytes.length) {
                writeWhatFits(position, bytes, (int) Math.max(0, room));
                throw disk.full(operation, path);
            }
            file.write(position, bytes);
        }
    }

    private void writeWhatFits(long position, byte[] bytes, int lengthBytes) {
        if (lengthBytes > 0) {
            file.write(position, java.util.Arrays.copyOf(bytes, lengthBytes));
        }
    }

    private static byte[] joined(ByteBuffer... sources) {
        int length = 0;
        for (ByteBuffer source : sources) {
            length += source.remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (ByteBuffer source : sources) {
            all.put(source);
        }
        return all.array();
    }

    @Override
    public void truncate(long sizeBytes) {
        setSize("truncate to " + sizeBytes + " bytes", sizeBytes, false);
    }

    @Override
    public void allocate(long sizeBytes) {
        setSize("allocate " + sizeBytes + " bytes", sizeBytes, true);
    }

    private void setSize(String operation, long sizeBytes, boolean growsOnly) {
        synchronized (disk) {
            checkUsable(operation, true);
            Fault fault = disk.countOperation(operation, path);
            if (fault == Fault.POWER_CUT) {
                file.setSize((int) sizeBytes, growsOnly);
                throw disk.powerCut(operation, path);
            }
            disk.checkNoError(fault, operation, path);
            if (growsOnly && sizeBytes - file.live.sizeBytes() > disk.roomBytes()) {
                throw disk.full(operation, path);
            }
            file.setSize(Math.toIntExact(sizeBytes), growsOnly);
        }
    }

    @Override
    public void startWriteBack() {
        synchronized (disk) {
            checkUsable("write", true);
            disk.onWriteBack();
        }
    }

    @Override
    public void sync() {
        synchronized (disk) {
            checkUsable("sync", false);
            Fault fault = disk.countOperation("sync", path);
            if (fault == Fault.POWER_CUT) {
                throw disk.powerCut("sync", path);
            }
            if (fault == Fault.IO_ERROR || fault == Fault.IO_ERROR_PARTIAL || fault == Fault.DISK_FULL) {
                file.forgetPending();
            }
            disk.checkNoError(fault, "sync", path);
            file.sync();
        }
    }

    /// A native segment of the arena, kept equal to the file by each write; zero behind the end of the file. A confined
    /// arena suits only if its thread also writes.
    @Override
    public MemorySegment map(long positionBytes, long sizeBytes, Arena arena) {
        synchronized (disk) {
            checkUsable("map", false);
            disk.onMap("map at position " + positionBytes, path);
            return file.map(positionBytes, sizeBytes, arena);
        }
    }

    @Override
    public void lock(boolean exclusive) {
        synchronized (disk) {
            checkUsable("lock", exclusive);
            if (file.lockHolder != null) {
                throw new FileInUseException(path);
            }
            file.lockHolder = this;
        }
    }

    @Override
    public void close() {
        synchronized (disk) {
            isOpen = false;
            if (file.lockHolder == this) {
                file.lockHolder = null;
            }
        }
    }

    private void checkUsable(String operation, boolean writes) {
        disk.checkPower(operation, path);
        if (!isOpen) {
            throw new StorageIoException(operation, path, new ClosedChannelException());
        }
        if (writes && !isWritable) {
            throw new MisuseException("could not " + operation + " of " + path + ": it was opened for reading");
        }
    }

    static StorageIoException failed(String operation, Path path) {
        return new StorageIoException(operation, path, new IOException("simulated I/O error"));
    }

    static StorageFullException diskFull(String operation, Path path) {
        return new StorageFullException(
                path + ": could not " + operation + ": the simulated disk is full", path, null);
    }
}
