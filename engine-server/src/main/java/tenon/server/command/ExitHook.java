package tenon.server.command;

/// What must still be done when the process is told to end, by SIGINT, SIGTERM or its own hand.
public final class ExitHook extends Thread {
    private final Runnable last;

    private ExitHook(Runnable last) {
        super("exit");
        this.last = last;
    }

    public static ExitHook install(Runnable last) {
        var hook = new ExitHook(last);
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    @Override
    public void run() {
        last.run();
    }
}
