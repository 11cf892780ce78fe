package tenon.server.command;

import java.util.HexFormat;

/// How the page tools show keys and values, and take them.
public enum Bytes {
    /// Text where all of it is printable, else hexadecimal with a leading `0x`.
    AUTO {
        @Override
        public String show(byte[] bytes) {
            String text = ArgumentBytes.decode(bytes);
            boolean isPrintable = !text.startsWith("0x") && text.codePoints().allMatch(Bytes::isPrintable);
            return isPrintable ? text : "0x" + HexFormat.of().formatHex(bytes);
        }

        @Override
        public byte[] take(String argument) {
            return argument.startsWith("0x") ? HEX.take(argument.substring(2)) : RAW.take(argument);
        }
    },
    HEX {
        @Override
        public String show(byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }

        @Override
        public byte[] take(String argument) {
            try {
                return HexFormat.of().parseHex(argument);
            } catch (IllegalArgumentException e) {
                throw new CommandException(ExitCode.USAGE, "\"" + argument + "\" is not hexadecimal");
            }
        }
    },
    /// As they are.
    RAW {
        @Override
        public String show(byte[] bytes) {
            return ArgumentBytes.decode(bytes);
        }

        @Override
        public byte[] take(String argument) {
            return ArgumentBytes.encode(argument);
        }
    };

    /// For standard output.
    public abstract String show(byte[] bytes);

    /// From the command line.
    public abstract byte[] take(String argument);

    private static boolean isPrintable(int c) {
        return !Character.isISOControl(c) && Character.isDefined(c) && Character.getType(c) != Character.SURROGATE;
    }
}
