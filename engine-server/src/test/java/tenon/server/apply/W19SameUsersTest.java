package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.Permission;
import tenon.testkit.Seeds;

/// W19 for users and roles: the same log makes the same ones on each member, whoever asks for what, and what is refused
/// is refused everywhere.
class W19SameUsersTest {
    private static final int ENTRY_COUNT = 600;
    private static final List<String> USERS = List.of("root", "alice", "bob");
    private static final List<String> ROLES = List.of("root", "reader", "writer");

    @Test
    void shouldMakeTheSameUsersOfTheSameLogOnEachMember() {
        List<Entry> log = randomLog(Seeds.random(getClass()));
        try (TestMember one = new TestMember(0, 7, UnaryOperator.identity());
                TestMember other = new TestMember(0, 100, UnaryOperator.identity())) {
            one.apply(log);
            log.forEach(entry -> other.apply(List.of(entry)));
            one.auth.validate();
            other.auth.validate();
            assertTrue(one.auth.state().revision() > 50, "too few changes to prove anything");
            assertEquals(one.auth.state().revision(), other.auth.state().revision());
            assertEquals(one.auth.state().enabled(), other.auth.state().enabled());
            assertEquals(one.store.hashKeyspace(0), other.store.hashKeyspace(0));
            one.store.backend().commit();
            other.store.backend().commit();
            assertEquals(one.store.backend().hash(), other.store.backend().hash());
        }
    }

    private static List<Entry> randomLog(RandomGenerator random) {
        List<Entry> log = new ArrayList<>();
        for (long i = 1; i <= ENTRY_COUNT; i++) {
            String user = USERS.get(random.nextInt(USERS.size()));
            String caller = random.nextInt(4) == 0 ? "" : USERS.get(random.nextInt(USERS.size()));
            long callerRevision = caller.isEmpty() ? 0 : random.nextInt(10) == 0 ? 1 : Long.MAX_VALUE;
            Consumer<AuthChange.Builder> change = randomChange(random, user);
            boolean isPut = random.nextInt(5) == 0;
            log.add(TestMember.entry(i, proposal -> {
                proposal.setUser(caller).setAuthRevision(callerRevision);
                if (isPut) {
                    proposal.getPutBuilder().setKey(ByteString.copyFromUtf8(user));
                } else {
                    change.accept(proposal.getAuthBuilder());
                }
            }));
        }
        return log;
    }

    private static Consumer<AuthChange.Builder> randomChange(RandomGenerator random, String user) {
        String role = ROLES.get(random.nextInt(ROLES.size()));
        String hash = Base64.getEncoder().encodeToString(Long.toString(random.nextLong()).getBytes());
        ByteString key = ByteString.copyFromUtf8(USERS.get(random.nextInt(USERS.size())));
        int type = random.nextInt(3);
        return switch (random.nextInt(12)) {
            case 0 -> change -> change.getEnableBuilder();
            case 1 -> change -> change.getDisableBuilder();
            case 2 -> change -> change.getUserDeleteBuilder().setName(user);
            case 3 -> change -> change.getUserChangePasswordBuilder().setName(user).setHashedPassword(hash);
            case 4 -> change -> change.getUserRevokeRoleBuilder().setName(user).setRole(role);
            case 5 -> change -> change.getRoleDeleteBuilder().setRole(role);
            case 6 -> change -> change.getLoginBuilder().setName(user).setTokenPrefix(hash);
            case 7 -> change -> change.getRoleAddBuilder().setName(role);
            case 8 -> change -> change.getRoleRevokePermissionBuilder().setRole(role).setKey(key);
            case 9 -> change -> change.getRoleGrantPermissionBuilder()
                    .setName(role)
                    .setPerm(Permission.newBuilder().setKey(key).setPermTypeValue(type));
            case 10 -> change -> change.getUserGrantRoleBuilder().setUser(user).setRole(role);
            default -> change -> change.getUserAddBuilder().setName(user).setHashedPassword(hash);
        };
    }
}
