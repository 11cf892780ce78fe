package tenon.server.command;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.List;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageException;
import tenon.api.StorageFile;

/// Arguments as the bytes that the shell passed. Keys and values need not be text, but the JVM hands arguments over as
/// text in the locale's charset and loses what does not fit.
///
/// So text is UTF-8, and a byte that is not part of any UTF-8 character stands as the unpaired surrogate U+DC00 + byte;
/// [#encode] turns each back into what it was.
public final class ArgumentBytes {
    private static final char ESCAPE = '\udc00';
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final int COMMAND_LINE_SIZE_BYTES_MAX = 16 << 20;

    private ArgumentBytes() {}

    /// The arguments of this process, read again from the operating system where it shows them.
    static String[] ofProcess(Platform platform, String[] arguments) {
        boolean isAscii = Arrays.stream(arguments).allMatch(a -> a.chars().allMatch(c -> c < 0x80));
        if (isAscii || !platform.files().exists(COMMAND_LINE)) {
            return arguments;
        }
        List<String> all = split(readCommandLine(platform));
        int first = all.size() - arguments.length;
        return first < 0 ? arguments : all.subList(first, all.size()).toArray(String[]::new);
    }

    private static byte[] readCommandLine(Platform platform) {
        var buffer = ByteBuffer.allocate(COMMAND_LINE_SIZE_BYTES_MAX);
        try (StorageFile file = platform.files().open(COMMAND_LINE, OpenMode.READ)) {
            file.read(0, buffer);
        } catch (StorageException e) {
            return new byte[0];
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static List<String> split(byte[] commandLine) {
        var result = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                result.add(decode(Arrays.copyOfRange(commandLine, start, i)));
                start = i + 1;
            }
        }
        return result;
    }

    /// Bytes to text, losing nothing.
    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer source = ByteBuffer.wrap(bytes);
        CharBuffer target = CharBuffer.allocate(bytes.length);
        while (true) {
            CoderResult result = decoder.decode(source, target, true);
            if (!result.isError()) {
                return target.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                target.put((char) (ESCAPE + (source.get() & 0xff)));
            }
            decoder.reset();
        }
    }

    /// Text to the bytes it came from.
    public static byte[] encode(String text) {
        if (text.chars().noneMatch(c -> c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        var target = ByteBuffer.allocate(text.length() * 3);
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isEscape = c >= ESCAPE + 0x80
                    && c <= ESCAPE + 0xff
                    && (i == start || !Character.isHighSurrogate(text.charAt(i - 1)));
            if (isEscape) {
                target.put(text.substring(start, i).getBytes(StandardCharsets.UTF_8));
                target.put((byte) (c - ESCAPE));
                start = i + 1;
            }
        }
        target.put(text.substring(start).getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(target.array(), target.position());
    }
}
