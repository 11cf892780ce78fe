package tenon.btree;

import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import tenon.api.FileSystem;
import tenon.api.StorageFile;

/// A file system whose mapped memory can be made to fault: what was mapped until then throws at each access, as it does
/// when a file is cut, but at once and without fail.
final class FaultingMemory {
    private final FileSystem files;
    private volatile Arena mapped = Arena.ofShared();

    FaultingMemory(FileSystem files) {
        this.files = files;
    }

    void fault() {
        Arena faulting = mapped;
        mapped = Arena.ofShared();
        faulting.close();
    }

    FileSystem files() {
        return (FileSystem) Proxy.newProxyInstance(
                FileSystem.class.getClassLoader(), new Class<?>[] {FileSystem.class}, (_, method, arguments) -> {
                    Object result = invoke(() -> method.invoke(files, arguments));
                    return result instanceof StorageFile file ? faulting(file) : result;
                });
    }

    private StorageFile faulting(StorageFile file) {
        return (StorageFile) Proxy.newProxyInstance(
                StorageFile.class.getClassLoader(),
                new Class<?>[] {StorageFile.class},
                (_, method, arguments) -> method.getName().equals("map")
                        ? file.map((long) arguments[0], (long) arguments[1], mapped)
                        : invoke(() -> method.invoke(file, arguments)));
    }

    private interface Invocation {
        Object run() throws ReflectiveOperationException;
    }

    private static Object invoke(Invocation invocation) throws Throwable {
        try {
            return invocation.run();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
