package tenon.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tenon.api.Secrets;
import tenon.server.error.RequestException;

class PasswordsTest {
    private static final int COST = 4;
    private static final Secrets ASCENDING = target -> {
        for (int i = 0; i < target.length; i++) {
            target[i] = (byte) i;
        }
    };

    private final Passwords passwords = new Passwords(Secrets.system(), COST);

    private static String password(int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> Character.toString('a' + i % 23))
                .collect(Collectors.joining());
    }

    @Test
    void shouldHashAsOtherImplementationsDo() {
        Passwords known = new Passwords(ASCENDING, COST);
        String head = "$2a$04$..CA.uOD/eaGAOmJB.yMB";
        assertEquals(head + "uq1wbVgYezarXi1FgOYk1qMNtxVndjJm", known.hash("").toStringUtf8());
        assertEquals(head + "unBitU1jIt2E6xX6kPhDtSnJIjNzugbS", known.hash("a").toStringUtf8());
        assertEquals(head + "uFfWT5Q.YfJOKpZJ1QTSrntwT1BX4Nii", known.hash(password(71)).toStringUtf8());
        assertEquals(head + "uS1H/2HD6HirSfYYZwxT3kaJ8LNVEVAC", known.hash(password(72)).toStringUtf8());
    }

    @Test
    void shouldMatchThePasswordAndNoOther() {
        ByteString hash = passwords.hash("secret");
        assertTrue(passwords.matches("secret", hash));
        assertFalse(passwords.matches("Secret", hash));
        assertFalse(passwords.matches("secret ", hash));
        assertFalse(passwords.matches("", hash));
        assertTrue(passwords.matches("", passwords.hash("")));
        assertTrue(passwords.matches("пароль", passwords.hash("пароль")));
        assertNotEquals(hash, passwords.hash("secret"), "each has a salt of its own");
    }

    @Test
    void shouldMatchNothingWithoutAHash() {
        assertFalse(passwords.matches("", ByteString.EMPTY));
        assertFalse(passwords.matches("x", ByteString.copyFromUtf8("no hash")));
        passwords.pretendToMatch("x");
    }

    @Test
    void shouldRefuseAPasswordOfWhichNotAllWouldCount() {
        assertThrows(RequestException.class, () -> passwords.hash(password(73)));
        assertThrows(RequestException.class, () -> passwords.hash("ü".repeat(37)));
    }
}
