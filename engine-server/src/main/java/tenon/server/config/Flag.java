package tenon.server.config;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.Locale;

/// One flag.
///
/// @param name without dashes
/// @param argument what stands for its value in the usage; empty for a switch, which may stand alone for `true`
/// @param effect takes the value
record Flag(String name, String argument, String help, Effect effect) {
    /// What a value does.
    sealed interface Effect permits Setting, Neutral, Meaningless, Refused {}

    /// It is carried out.
    @FunctionalInterface
    non-sealed interface Setting extends Effect {
        /// @throws RuntimeException if the value is malformed; the message says how
        void apply(FlagValues values, String text);
    }

    /// Only what is done anyway may be asked for.
    ///
    /// @param accepted values, separated by `|`
    record Neutral(String accepted) implements Effect {
        boolean accepts(String text) {
            return isAmong(accepted, text);
        }

        String choice() {
            return Arrays.stream(accepted.split("\\|")).filter(value -> !value.isEmpty()).collect(joining(" or "));
        }
    }

    /// There is nothing here that it could change, or no answer to a client would change by it.
    ///
    /// @param usual values that are worth no warning, separated by `|`
    record Meaningless(String usual, String reason) implements Effect {}

    /// It asks for what this version cannot do; without a value, for nothing.
    record Refused(String reason) implements Effect {}

    private static boolean isAmong(String values, String text) {
        return Arrays.stream(values.split("\\|", -1)).anyMatch(value -> value.equalsIgnoreCase(text));
    }

    boolean isSwitch() {
        return argument.isEmpty();
    }

    /// Whether the usage tells of it.
    boolean isSupported() {
        return effect instanceof Setting && !help.isEmpty();
    }

    String variable() {
        return "ETCD_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /// Carries out a value.
    ///
    /// @param origin where it was written, for messages: `--name`, `ETCD_NAME`, or a file
    void apply(FlagValues values, String text, String origin) {
        switch (effect) {
            case Setting setting -> {
                try {
                    setting.apply(values, text);
                } catch (FlagException e) {
                    throw new FlagException("invalid value \"" + text + "\" for " + origin + ": " + e.getMessage());
                } catch (RuntimeException e) {
                    throw new FlagException("invalid value \"" + text + "\" for " + origin + ": " + help);
                }
            }
            case Neutral neutral -> {
                if (!neutral.accepts(text)) {
                    throw new FlagException(origin + "=" + text + " is not supported by this version; it works as with "
                            + neutral.choice());
                }
            }
            case Meaningless meaningless -> {
                if (!text.isEmpty() && !isAmong(meaningless.usual, text)) {
                    values.warnings.add(origin + " has no effect: " + meaningless.reason);
                }
            }
            case Refused refused -> {
                if (!text.isEmpty()) {
                    throw new FlagException(origin + " is not supported by this version: " + refused.reason);
                }
            }
        }
    }
}
