package tenon.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
    @ParameterizedTest
    @ValueSource(strings = {"1/1", "10/100"})
    void shouldReadWhatItWrites(String text) {
        assertEquals(text, Shape.of(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10/", "/10", "10/100/1000", "0/5", "10/9", "a/b", "-1/-1"})
    void shouldRefuseWhatIsNoShape(String text) {
        assertThrows(IllegalArgumentException.class, () -> Shape.of(text));
    }
}
