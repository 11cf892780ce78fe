package tenon.server.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class ArgumentBytesTest {
    @Test
    void shouldKeepTextAsText() {
        String text = "plain, é, 日本, \uD83D\uDE00";
        assertEquals(text, ArgumentBytes.decode(text.getBytes(StandardCharsets.UTF_8)));
        assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), ArgumentBytes.encode(text));
    }

    @Test
    void shouldGiveBackEveryByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertArrayEquals(all, ArgumentBytes.encode(ArgumentBytes.decode(all)));
    }

    @Test
    void shouldGiveBackAnyBytes() {
        var random = Seeds.random(getClass());
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                System.arraycopy("é日😀".getBytes(StandardCharsets.UTF_8), 0, bytes, 0, Math.min(9, bytes.length));
            }
            assertArrayEquals(bytes, ArgumentBytes.encode(ArgumentBytes.decode(bytes)));
        }
    }
}
