package tenon.server.config;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.server.ServerConfig;

/// The settings of a server as an operator gave them.
///
/// @param config ready to start from
/// @param logLevel one of `debug`, `info`, `warn`, `error`, `panic`, `fatal`
/// @param warnings what the operator should know, one line each
public record ServerFlags(ServerConfig config, String logLevel, List<String> warnings) {
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final String VARIABLE_PREFIX = "ETCD_";
    /// The sections of a config file, and what the flags for their settings begin with.
    private static final Map<String, String> SECTION_PREFIXES =
            Map.of("client-transport-security", "", "peer-transport-security", "peer-");
    /// Settings whose flags are called otherwise.
    private static final Map<String, String> SECTION_NAMES = Map.of(
            "client-transport-security.allowed-hostname", "client-cert-allowed-hostname",
            "peer-transport-security.allowed-cn", "peer-cert-allowed-cn",
            "peer-transport-security.allowed-hostname", "peer-cert-allowed-hostname");

    public ServerFlags {
        warnings = List.copyOf(warnings);
    }

    /// Reads the settings.
    ///
    /// @param arguments flags with one dash or two, with `=` or without
    /// @param environment all variables; only those that begin with `ETCD_` count
    /// @param files where a config file is read from
    /// @throws FlagException if something is not understood or cannot be had
    public static ServerFlags parse(List<String> arguments, Map<String, String> environment, FileSystem files) {
        Map<String, Flag> flags = new LinkedHashMap<>();
        FlagTable.all().forEach(flag -> flags.put(flag.name(), flag));
        Map<String, String> given = FlagArguments.parse(arguments, flags);
        FlagValues values = new FlagValues();
        String file = given.getOrDefault(
                FlagTable.CONFIG_FILE, environment.get(flags.get(FlagTable.CONFIG_FILE).variable()));
        if (file != null && !file.isEmpty()) {
            given.remove(FlagTable.CONFIG_FILE);
            if (!given.isEmpty()) {
                String other = given.keySet().iterator().next();
                throw new FlagException("--config-file stands alone, where an etcd would pass over --" + other
                        + " without a word: put " + other + " into the file, or leave it out");
            }
            applyFile(values, flags, Path.of(file), files);
        } else {
            applyEnvironment(values, flags, given, environment);
            given.forEach((name, text) -> flags.get(name).apply(values, text, "--" + name));
        }
        return new ServerFlags(values.build(), values.logLevel, values.warnings);
    }

    /// The flags that are carried out, one on a line or two.
    public static String usage() {
        StringBuilder text = new StringBuilder("Flags, as in etcd; each also as ETCD_… in the environment:\n");
        for (Flag flag : FlagTable.all()) {
            if (flag.isSupported() && !flag.name().startsWith("experimental-")) {
                String head = "  --" + flag.name() + (flag.isSwitch() ? "" : " <" + flag.argument() + ">");
                text.append(String.format("%-46s %s%n", head, flag.help()));
            }
        }
        return text.append("Other flags of etcd are refused if they ask for what would be missed; the rest has no effect.\n")
                .toString();
    }

    private static void applyEnvironment(
            FlagValues values, Map<String, Flag> flags, Map<String, String> given, Map<String, String> environment) {
        Map<String, Flag> byVariable = new LinkedHashMap<>();
        flags.values().forEach(flag -> byVariable.put(flag.variable(), flag));
        for (String variable : new TreeSet<>(environment.keySet())) {
            Flag flag = byVariable.get(variable);
            if (flag == null) {
                if (variable.startsWith(VARIABLE_PREFIX)) {
                    values.warnings.add("unknown environment variable " + variable);
                }
            } else if (!given.containsKey(flag.name()) && !environment.get(variable).isEmpty()) {
                flag.apply(values, environment.get(variable), variable);
            }
        }
    }

    private static void applyFile(FlagValues values, Map<String, Flag> flags, Path path, FileSystem files) {
        Object content;
        try {
            content = new Yaml(new SafeConstructor(new LoaderOptions())).load(read(path, files));
        } catch (YAMLException e) {
            throw new FlagException("the config file " + path + " is not YAML: " + e.getMessage());
        }
        if (!(content instanceof Map<?, ?> settings)) {
            throw new FlagException("the config file " + path + " holds no settings");
        }
        List<String> unknown = new ArrayList<>();
        settings.forEach((key, value) -> {
            String section = SECTION_PREFIXES.get(String.valueOf(key));
            if (section != null && value instanceof Map<?, ?> inside) {
                inside.forEach((inner, innerValue) ->
                        applySetting(values, flags, section + inner, innerValue, key + "." + inner, path, unknown));
            } else {
                applySetting(values, flags, String.valueOf(key), value, String.valueOf(key), path, unknown);
            }
        });
        if (!unknown.isEmpty()) {
            throw new FlagException("unknown or unsupported settings in " + path + ": " + String.join(", ", unknown));
        }
    }

    /// @param name of the flag
    /// @param key as it stands in the file
    /// @param unknown takes the keys that ask for something that is not known
    private static void applySetting(
            FlagValues values,
            Map<String, Flag> flags,
            String name,
            Object value,
            String key,
            Path path,
            List<String> unknown) {
        Flag flag = flags.get(SECTION_NAMES.getOrDefault(key, name));
        if (flag != null && !flag.name().equals(FlagTable.CONFIG_FILE)) {
            // A file, and a section above all, lists all there is, most of it empty.
            String text = value == null ? "" : textOf(value);
            if (!text.isEmpty() && (key.equals(name) || isSet(value))) {
                flag.apply(values, text, key + " in " + path);
            }
        } else if (isSet(value)) {
            unknown.add(key);
        }
    }

    private static String textOf(Object value) {
        return value instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : String.valueOf(value);
    }

    /// Whether a setting that is not known asks for anything: a section full of empty values does not.
    private static boolean isSet(Object value) {
        return switch (value) {
            case null -> false;
            case Map<?, ?> section -> section.values().stream().anyMatch(ServerFlags::isSet);
            case Boolean on -> on;
            case Number number -> number.doubleValue() != 0;
            default -> !String.valueOf(value).isEmpty();
        };
    }

    private static String read(Path path, FileSystem files) {
        if (!files.exists(path)) {
            throw new FlagException("there is no config file " + path);
        }
        try (StorageFile file = files.open(path, OpenMode.READ)) {
            if (file.sizeBytes() > FILE_BYTES_MAX) {
                throw new FlagException("the config file " + path + " is larger than " + FILE_BYTES_MAX + " bytes");
            }
            ByteBuffer content = ByteBuffer.allocate((int) file.sizeBytes());
            int length = file.read(0, content);
            return new String(content.array(), 0, length, StandardCharsets.UTF_8);
        }
    }
}
