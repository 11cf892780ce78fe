package tenon.server.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerUrlsTest {
    @Test
    void shouldPutThemInOrder() {
        assertEquals(
                List.of("http://a:1", "http://b:65535", "https://[::1]:2"),
                PeerUrls.check(List.of("http://b:65535", " https://[::1]:2", "http://a:1 ")));
    }

    /// Once one of these is in the log, every member has it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h", "h:1", "ftp://h:1", "http://h:0", "http://h:65536", "http://h:-1", "http://user@h:1",
                "http://h:1/path", "http://h:1?query", "http://h:1#part", "http://:1", "http://a b:1", ""
            })
    void shouldRefuseWhatNobodyCanBeReachedAt(String url) {
        String refusal = assertThrows(PeerUrls.MalformedException.class, () -> PeerUrls.check(List.of(url)))
                .getMessage();
        assertTrue(refusal.contains(url), refusal);
    }
}
