package tenon.api;

/// Where threads come from. Threads are few, named after what they own, and daemons: whoever starts one stops it.
@FunctionalInterface
public interface Threads {
    Thread start(String name, Runnable body);
}
