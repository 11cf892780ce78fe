package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.server.auth.AccessControl;
import tenon.server.auth.Caller;
import tenon.server.auth.Credential;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.Deadlines;
import tenon.server.proposal.AuthChange;

/// W9 on a member that has not applied the entry yet that assigned a token.
class W09LaggingMemberTest {
    private static final long TIMEOUT_NS = 7_000_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LOGIN_INDEX = 4;

    private final TestMember member = new TestMember(0, 100, UnaryOperator.identity());
    private final Deadlines deadlines = new Deadlines(member.clock, TIMEOUT_NS);
    private boolean isComing = true;
    private final AccessControl access = new AccessControl(
            member.auth, member.tokens, new AccessControl.Arrival(member.waiters, deadlines, _ -> isComing));

    private static Entry entry(long raftIndex, Consumer<AuthChange.Builder> change) {
        return TestMember.entry(raftIndex, proposal -> change.accept(proposal.getAuthBuilder()));
    }

    private static Entry login() {
        return entry(LOGIN_INDEX, change -> change.getLoginBuilder().setName("root").setTokenPrefix("abc"));
    }

    @BeforeEach
    void enable() {
        member.apply(List.of(
                entry(1, change -> change.getUserAddBuilder().setName("root")),
                entry(2, change -> change.getUserGrantRoleBuilder().setUser("root").setRole("root")),
                entry(3, change -> change.getEnableBuilder())));
    }

    @AfterEach
    void close() {
        deadlines.close();
        member.close();
    }

    private static void assertInvalid(CompletableFuture<Caller> answer) {
        CompletionException refusal = assertThrows(CompletionException.class, answer::join);
        assertEquals(
                EtcdError.INVALID_AUTH_TOKEN,
                assertInstanceOf(RequestException.class, refusal.getCause()).error());
    }

    @Test
    void shouldWaitForTheEntryThatAssignedAToken() {
        CompletableFuture<Caller> known = access.identify(new Credential.Token("abc.4"));
        CompletableFuture<Caller> unknown = access.identify(new Credential.Token("abd.4"));
        assertFalse(known.isDone());
        member.apply(List.of(login()));
        assertEquals("root", known.orTimeout(20, TimeUnit.SECONDS).join().user());
        assertInvalid(unknown);
    }

    @Test
    void shouldNotWaitForAnEntryThatNeverComes() {
        CompletableFuture<Caller> waiting = access.identify(new Credential.Token("abc.4"));
        member.clock.advanceNs(TIMEOUT_NS - SECOND_NS);
        assertFalse(waiting.isDone());
        member.clock.advanceNs(2 * SECOND_NS);
        assertInvalid(waiting);
        isComing = false;
        CompletableFuture<Caller> hopeless = access.identify(new Credential.Token("abc.4"));
        assertTrue(hopeless.isDone());
        assertInvalid(hopeless);
    }

    @Test
    void shouldForgetTokensThatNobodyUses() {
        member.apply(List.of(login()));
        assertEquals(1, member.tokens.count());
        member.clock.advanceNs(299 * SECOND_NS);
        assertEquals(1, member.tokens.count());
        member.clock.advanceNs(3 * SECOND_NS);
        assertEquals(0, member.tokens.count());
    }
}
