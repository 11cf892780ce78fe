package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import java.util.List;
import tenon.server.command.ArgumentBytes;
import tenon.server.command.CommandException;
import tenon.server.rpc.Permission;

/// The keys that `get` and `del` are about: one, a half-open range, a prefix, or all from one on.
///
/// @param key the first
/// @param end the first that is not in it; empty for one key, a zero byte for no end
record KeySpan(ByteString key, ByteString end) {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    /// @throws CommandException if the arguments do not fit together
    static KeySpan of(List<String> arguments, boolean isPrefix, boolean isFromKey) {
        if (isPrefix && isFromKey) {
            throw CtlAction.badArguments("`--prefix` and `--from-key` cannot be set at the same time, choose one");
        }
        boolean isOpen = isPrefix || isFromKey;
        if (isOpen && arguments.size() > 1) {
            throw CtlAction.badArguments(
                    "too many arguments, only accept one argument when `--prefix` or `--from-key` is set");
        }
        ByteString key = bytes(arguments.getFirst());
        if (!isOpen) {
            return new KeySpan(key, arguments.size() > 1 ? bytes(arguments.get(1)) : ByteString.EMPTY);
        }
        if (key.isEmpty()) {
            return new KeySpan(ZERO, ZERO);
        }
        return new KeySpan(key, isFromKey ? ZERO : prefixEnd(key));
    }

    static KeySpan of(Permission permission) {
        return new KeySpan(permission.getKey(), permission.getRangeEnd());
    }

    /// As etcdctl writes it: `foo`, `[a, b)`, `[a, <open ended>`, `[a, b) (prefix a)`.
    ByteString describe() {
        if (end.isEmpty()) {
            return key;
        }
        ByteString range = range();
        boolean isPrefix = !key.isEmpty() && prefixEnd(key).equals(end);
        return isPrefix ? range.concat(text(" (prefix ")).concat(key).concat(text(")")) : range;
    }

    /// The same without a word about prefixes.
    ByteString range() {
        ByteString begin = text("[").concat(key).concat(text(", "));
        return end.equals(ZERO) ? begin.concat(text("<open ended>")) : begin.concat(end).concat(text(")"));
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /// The first key behind all that begin with the prefix.
    private static ByteString prefixEnd(ByteString prefix) {
        for (int last = prefix.size() - 1; last >= 0; last--) {
            if (prefix.byteAt(last) != (byte) 0xff) {
                byte[] end = prefix.substring(0, last + 1).toByteArray();
                end[last]++;
                return ByteString.copyFrom(end);
            }
        }
        return ZERO;
    }

    static ByteString bytes(String argument) {
        return ByteString.copyFrom(ArgumentBytes.encode(argument));
    }
}
