package tenon.server.command.ctl;

import java.util.Locale;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Takes what is not on the command line from the environment: `--write-out` from `ETCDCTL_WRITE_OUT`.
final class EnvironmentDefaults implements IDefaultValueProvider {
    @Override
    public String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !isGlobal(option)) {
            return null;
        }
        String name = option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        return System.getenv("ETCDCTL_" + name);
    }

    private static boolean isGlobal(OptionSpec option) {
        return option.root() != null || option.inherited() || option.scopeType() != null && option.scopeType().name().equals("INHERIT");
    }
}
