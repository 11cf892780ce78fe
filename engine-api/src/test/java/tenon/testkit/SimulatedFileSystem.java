package tenon.testkit;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.random.RandomGenerator;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.api.StorageIoException;

/// A disk in memory that forgets what was not synced. Safe for use by any thread.
///
/// ## What a crash may do
/// [#crash] gives the disk as it is after a power loss: each unsynced write is kept, dropped or torn at sectors of
/// 512 bytes, and a later one may be there without an earlier one. Sizes set by truncation or allocation count as
/// writes. Creations, renames and deletions are whole or not at all, until their directory is synced.
///
/// ## Faults
/// Operations that change the disk are counted: [#operationCount]. [#failAt] lets one of them fail, so a test can run
/// its workload once, learn the count, and then run it again with a fault at each operation in turn.
public final class SimulatedFileSystem implements FileSystem {
    private static final long CAPACITY_DEFAULT_BYTES = 1L << 40;

    private final DiskDirectory root;
    private final List<NameChange> pendingNames = new ArrayList<>();
    private final Map<Long, Fault> faults;
    private long operationCount;
    private long writeBackCount;
    private long readCount;
    private long failReadAt;
    private long mapCount;
    private long failMapAt;
    private long capacityBytes = CAPACITY_DEFAULT_BYTES;
    private boolean hasPower = true;

    public SimulatedFileSystem() {
        this(new DiskDirectory());
    }

    private SimulatedFileSystem(DiskDirectory root) {
        this.root = root;
        this.faults = new java.util.HashMap<>();
    }

    // ---- faults

    /// Changes of the disk so far: writes, size changes, syncs, creations, renames, deletions, syncs of directories.
    public synchronized long operationCount() {
        return operationCount;
    }

    /// How often the disk was asked to begin with what was written. It need not, and a power cut leaves of it what it would
    /// have left anyway: anything.
    public synchronized long writeBackCount() {
        return writeBackCount;
    }

    void onWriteBack() {
        writeBackCount++;
    }

    /// Lets the operation with this number fail, counted from 1 since the disk was made.
    public synchronized void failAt(long operationNumber, Fault fault) {
        faults.put(operationNumber, fault);
    }

    /// Takes back what was to fail and has not yet.
    public synchronized void clearFaults() {
        faults.clear();
    }

    public synchronized long readCount() {
        return readCount;
    }

    /// Lets the read with this number fail, counted from 1.
    public synchronized void failReadAt(long readNumber) {
        failReadAt = readNumber;
    }

    public synchronized long mapCount() {
        return mapCount;
    }

    /// Lets the mapping with this number fail, counted from 1.
    public synchronized void failMapAt(long mapNumber) {
        failMapAt = mapNumber;
    }

    /// Sets how much all files together may hold. What is there already stays.
    public synchronized void setCapacityBytes(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /// How much all files together hold.
    public synchronized long usedBytes() {
        return usedBytes(root);
    }

    /// From now on everything throws [SimulatedPowerCut].
    public synchronized void cutPower() {
        hasPower = false;
    }

    // ---- crash

    /// Cuts the power and gives a disk as it may be afterwards. May be called again for another possible outcome.
    public synchronized SimulatedFileSystem crash(CrashPlan plan) {
        hasPower = false;
        List<NameChange> dropped = new ArrayList<>();
        List<NameChange> kept = new ArrayList<>();
        for (NameChange change : pendingNames) {
            CrashPlan.Fate fate = plan.fate();
            boolean survives = fate == CrashPlan.Fate.KEPT || fate == CrashPlan.Fate.MISDIRECTED;
            boolean keeps = survives && dropped.stream().noneMatch(change::touchesNameOf);
            (keeps ? kept : dropped).add(change);
        }
        Map<DiskNode, DiskNode> copies = new IdentityHashMap<>();
        return new SimulatedFileSystem(directoryAfterCrash(root, kept, plan, copies)).withCapacity(capacityBytes);
    }

    public SimulatedFileSystem crash(RandomGenerator random) {
        return crash(CrashPlan.random(random));
    }

    /// An independent disk with the same content, all of it durable. This one goes on.
    public synchronized SimulatedFileSystem copy() {
        return new SimulatedFileSystem(directoryCopy(root)).withCapacity(capacityBytes);
    }

    private SimulatedFileSystem withCapacity(long bytes) {
        capacityBytes = bytes;
        return this;
    }

    private static DiskDirectory directoryAfterCrash(
            DiskDirectory directory, List<NameChange> kept, CrashPlan plan, Map<DiskNode, DiskNode> copies) {
        NavigableMap<String, DiskNode> names = new java.util.TreeMap<>(directory.durableNames);
        for (NameChange change : kept) {
            for (NameChange.Step step : change.steps()) {
                if (step.directory() == directory && step.node() == null) {
                    names.remove(step.name());
                } else if (step.directory() == directory) {
                    names.put(step.name(), step.node());
                }
            }
        }
        DiskDirectory after = new DiskDirectory();
        names.forEach((name, node) -> {
            DiskNode copy = copies.get(node);
            if (copy == null) {
                copy = switch (node) {
                    case DiskFile file -> file.afterCrash(plan);
                    case DiskDirectory child -> directoryAfterCrash(child, kept, plan, copies);
                };
                copies.put(node, copy);
            }
            after.putDurably(name, copy);
        });
        return after;
    }

    private static DiskDirectory directoryCopy(DiskDirectory directory) {
        DiskDirectory copy = new DiskDirectory();
        directory.names.forEach((name, node) -> copy.putDurably(name, switch (node) {
            case DiskFile file -> file.copy();
            case DiskDirectory child -> directoryCopy(child);
        }));
        return copy;
    }

    // ---- the medium, for tests

    /// Flips bits of a byte on the disk.
    public synchronized void corrupt(Path path, long positionBytes, int mask) {
        file(path).corrupt(positionBytes, mask);
    }

    /// The content as a program sees it.
    public synchronized byte[] content(Path path) {
        return file(path).live.copy();
    }

    /// The content that is surely on the disk.
    public synchronized byte[] durableContent(Path path) {
        return file(path).durable.copy();
    }

    /// Puts a file there, durably; makes it and its directories if they are missing.
    public synchronized void setContent(Path path, byte[] content) {
        DiskDirectory parent = makeDirectories(absolute(path).getParent());
        String name = path.getFileName().toString();
        if (!(parent.names.get(name) instanceof DiskFile)) {
            parent.putDurably(name, new DiskFile());
        }
        file(path).replaceContent(content);
    }

    private DiskFile file(Path path) {
        if (find(path) instanceof DiskFile file) {
            return file;
        }
        throw new StorageIoException("find", path, new NoSuchFileException(path.toString()));
    }

    // ---- FileSystem

    @Override
    public synchronized StorageFile open(Path path, OpenMode mode) {
        checkPower("open", path);
        DiskNode node = find(path);
        boolean mayCreate = mode == OpenMode.CREATE || mode == OpenMode.CREATE_NEW;
        if (node instanceof DiskDirectory || node != null && mode == OpenMode.CREATE_NEW) {
            throw new StorageIoException("open", path, new FileAlreadyExistsException(path.toString()));
        }
        if (node == null && !mayCreate) {
            throw new StorageIoException("open", path, new NoSuchFileException(path.toString()));
        }
        if (node == null) {
            node = new DiskFile();
            change("open", path, new NameChange.Step(parent("open", path), name(path), node));
        }
        return new SimulatedFile(this, (DiskFile) node, path, mode != OpenMode.READ);
    }

    @Override
    public synchronized void createDirectories(Path directory) {
        checkPower("create directory", directory);
        if (find(directory) instanceof DiskDirectory) {
            return;
        }
        Fault fault = countOperation("create directory", directory);
        if (fault == Fault.POWER_CUT) {
            throw powerCut("create directory", directory);
        }
        checkNoError(fault, "create directory", directory);
        makeDirectories(absolute(directory));
    }

    @Override
    public synchronized boolean exists(Path path) {
        checkPower("find", path);
        return find(path) != null;
    }

    @Override
    public synchronized List<Path> list(Path directory) {
        checkPower("list the names", directory);
        return directory("list the names", directory).names.keySet().stream()
                .map(directory::resolve)
                .sorted()
                .toList();
    }

    @Override
    public synchronized void rename(Path from, Path to) {
        String operation = "rename to " + to.getFileName();
        checkPower(operation, from);
        DiskNode node = find(from);
        if (node == null) {
            throw new StorageIoException(operation, from, new NoSuchFileException(from.toString()));
        }
        if (absolute(from).equals(absolute(to))) {
            return;
        }
        if (find(to) instanceof DiskDirectory target && !target.names.isEmpty()) {
            throw new StorageIoException(operation, from, new DirectoryNotEmptyException(to.toString()));
        }
        change(
                operation,
                from,
                new NameChange.Step(parent(operation, from), name(from), null),
                new NameChange.Step(parent(operation, to), name(to), node));
    }

    @Override
    public synchronized void delete(Path path) {
        checkPower("delete", path);
        DiskNode node = find(path);
        if (node instanceof DiskDirectory directory && !directory.names.isEmpty()) {
            throw new StorageIoException("delete", path, new DirectoryNotEmptyException(path.toString()));
        }
        if (node != null) {
            change("delete", path, new NameChange.Step(parent("delete", path), name(path), null));
        }
    }

    @Override
    public synchronized void syncDirectory(Path path) {
        checkPower("sync the names", path);
        DiskDirectory directory = directory("sync the names", path);
        Fault fault = countOperation("sync the names", path);
        if (fault == Fault.POWER_CUT) {
            throw powerCut("sync the names", path);
        }
        checkNoError(fault, "sync the names", path);
        for (Iterator<NameChange> changes = pendingNames.iterator(); changes.hasNext(); ) {
            NameChange change = changes.next();
            if (change.touches(directory)) {
                change.applyToDurableNames();
                changes.remove();
            }
        }
    }

    @Override
    public synchronized long freeBytes(Path path) {
        checkPower("find the free space", path);
        return roomBytes();
    }

    private void change(String operation, Path path, NameChange.Step... steps) {
        NameChange change = new NameChange(steps);
        Fault fault = countOperation(operation, path);
        if (fault == Fault.POWER_CUT) {
            pendingNames.add(change);
            throw powerCut(operation, path);
        }
        checkNoError(fault, operation, path);
        change.applyToNames();
        pendingNames.add(change);
    }

    // ---- for SimulatedFile, which holds the lock of this object

    Fault countOperation(String operation, Path path) {
        checkPower(operation, path);
        operationCount++;
        return faults.remove(operationCount);
    }

    void onRead(String operation, Path path) {
        readCount++;
        if (readCount == failReadAt) {
            throw SimulatedFile.failed(operation, path);
        }
    }

    void onMap(String operation, Path path) {
        mapCount++;
        if (mapCount == failMapAt) {
            throw SimulatedFile.failed(operation, path);
        }
    }

    void checkPower(String operation, Path path) {
        if (!hasPower) {
            throw new SimulatedPowerCut(operation + " of " + path);
        }
    }

    SimulatedPowerCut powerCut(String operation, Path path) {
        hasPower = false;
        return new SimulatedPowerCut(operation + " of " + path);
    }

    void checkNoError(Fault fault, String operation, Path path) {
        if (fault == Fault.IO_ERROR || fault == Fault.IO_ERROR_PARTIAL) {
            throw SimulatedFile.failed(operation, path);
        }
        if (fault == Fault.DISK_FULL) {
            throw full(operation, path);
        }
    }

    StorageException full(String operation, Path path) {
        return SimulatedFile.diskFull(operation, path);
    }

    long roomBytes() {
        return Math.max(0, capacityBytes - usedBytes(root));
    }

    private static long usedBytes(DiskNode node) {
        return switch (node) {
            case DiskFile file -> file.live.sizeBytes();
            case DiskDirectory directory ->
                directory.names.values().stream().mapToLong(SimulatedFileSystem::usedBytes).sum();
        };
    }

    // ---- names

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static String name(Path path) {
        return absolute(path).getFileName().toString();
    }

    private DiskNode find(Path path) {
        DiskNode node = root;
        for (Path name : absolute(path)) {
            if (!(node instanceof DiskDirectory directory)) {
                return null;
            }
            node = directory.names.get(name.toString());
        }
        return node;
    }

    private DiskDirectory parent(String operation, Path path) {
        return asDirectory(find(absolute(path).getParent()), operation, path);
    }

    private DiskDirectory directory(String operation, Path path) {
        return asDirectory(find(path), operation, path);
    }

    private static DiskDirectory asDirectory(DiskNode node, String operation, Path path) {
        if (node instanceof DiskDirectory directory) {
            return directory;
        }
        IOException cause = node == null
                ? new NoSuchFileException(path.toString())
                : new NotDirectoryException(path.toString());
        throw new StorageIoException(operation, path, cause);
    }

    private DiskDirectory makeDirectories(Path directory) {
        DiskDirectory current = root;
        for (Path name : directory) {
            DiskNode child = current.names.get(name.toString());
            if (child == null) {
                child = new DiskDirectory();
                current.putDurably(name.toString(), child);
            }
            if (!(child instanceof DiskDirectory next)) {
                throw new StorageIoException(
                        "create directory", directory, new FileAlreadyExistsException(name.toString()));
            }
            current = next;
        }
        return current;
    }
}
