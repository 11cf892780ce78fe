package tenon.server.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that does something when it is called.
public abstract class Action implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    /// Does the work.
    ///
    /// @throws CommandException if it cannot be done
    protected abstract void run();

    @Override
    public final Integer call() {
        run();
        return ExitCode.OK;
    }

    protected final Console console() {
        return ancestor(TenonCommand.class).console();
    }

    /// The command above this one that is of the given type.
    protected final <T> T ancestor(Class<T> type) {
        for (CommandSpec at = spec; at != null; at = at.parent()) {
            if (type.isInstance(at.userObject())) {
                return type.cast(at.userObject());
            }
        }
        throw new IllegalStateException(spec.qualifiedName() + " is not below " + type.getSimpleName());
    }
}
