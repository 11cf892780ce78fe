package tenon.server.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EtcdErrorTest {
    /// As recorded from an etcd 3.4.23, but for the last two lines.
    private static final String TABLE = """
            EMPTY_KEY INVALID_ARGUMENT etcdserver: key is not provided
            KEY_NOT_FOUND INVALID_ARGUMENT etcdserver: key not found
            VALUE_PROVIDED INVALID_ARGUMENT etcdserver: value is provided
            LEASE_PROVIDED INVALID_ARGUMENT etcdserver: lease is provided
            TOO_MANY_OPS INVALID_ARGUMENT etcdserver: too many operations in txn request
            DUPLICATE_KEY INVALID_ARGUMENT etcdserver: duplicate key given in txn request
            INVALID_SORT_OPTION INVALID_ARGUMENT etcdserver: invalid sort option
            COMPACTED OUT_OF_RANGE etcdserver: mvcc: required revision has been compacted
            FUTURE_REVISION OUT_OF_RANGE etcdserver: mvcc: required revision is a future revision
            NO_SPACE RESOURCE_EXHAUSTED etcdserver: mvcc: database space exceeded
            LEASE_NOT_FOUND NOT_FOUND etcdserver: requested lease not found
            REQUEST_TOO_LARGE INVALID_ARGUMENT etcdserver: request is too large
            TOO_MANY_REQUESTS RESOURCE_EXHAUSTED etcdserver: too many requests
            INVALID_AUTH_TOKEN UNAUTHENTICATED etcdserver: invalid auth token
            AUTH_NOT_ENABLED FAILED_PRECONDITION etcdserver: authentication is not enabled
            AUTH_OLD_REVISION INVALID_ARGUMENT etcdserver: revision of auth store is old
            AUTH_FAILED INVALID_ARGUMENT etcdserver: authentication failed, invalid user ID or password
            NO_PASSWORD_USER UNKNOWN auth: authentication failed, password was given for no password user
            PASSWORD_TOO_LONG UNKNOWN bcrypt: password length exceeds 72 bytes
            INVALID_AUTH_MANAGEMENT INVALID_ARGUMENT etcdserver: invalid auth management
            PERMISSION_DENIED PERMISSION_DENIED etcdserver: permission denied
            PERMISSION_NOT_GIVEN INVALID_ARGUMENT etcdserver: permission not given
            PERMISSION_NOT_GRANTED FAILED_PRECONDITION etcdserver: permission is not granted to the role
            ROLE_ALREADY_EXISTS FAILED_PRECONDITION etcdserver: role name already exists
            ROLE_EMPTY INVALID_ARGUMENT etcdserver: role name is empty
            ROLE_NOT_FOUND FAILED_PRECONDITION etcdserver: role name not found
            ROLE_NOT_GRANTED FAILED_PRECONDITION etcdserver: role is not granted to the user
            ROOT_ROLE_NOT_EXIST FAILED_PRECONDITION etcdserver: root user does not have root role
            ROOT_USER_NOT_EXIST FAILED_PRECONDITION etcdserver: root user does not exist
            USER_ALREADY_EXISTS FAILED_PRECONDITION etcdserver: user name already exists
            USER_EMPTY INVALID_ARGUMENT etcdserver: user name is empty
            USER_NOT_FOUND FAILED_PRECONDITION etcdserver: user name not found
            MEMBER_EXISTS FAILED_PRECONDITION etcdserver: member ID already exist
            PEER_URL_EXISTS FAILED_PRECONDITION etcdserver: Peer URLs already exists
            MEMBER_NOT_ENOUGH_STARTED FAILED_PRECONDITION etcdserver: re-configuration failed due to not enough started members
            MEMBER_BAD_URLS INVALID_ARGUMENT etcdserver: given member URLs are invalid
            MEMBER_NOT_FOUND NOT_FOUND etcdserver: member not found
            MEMBER_NOT_LEARNER FAILED_PRECONDITION etcdserver: can only promote a learner member
            LEARNER_NOT_READY FAILED_PRECONDITION etcdserver: can only promote a learner member which is in sync with leader
            NOT_SUPPORTED_FOR_LEARNER UNAVAILABLE etcdserver: rpc not supported for learner
            TOO_MANY_LEARNERS FAILED_PRECONDITION etcdserver: too many learner members in cluster
            UNHEALTHY UNAVAILABLE etcdserver: unhealthy cluster
            NO_LEADER UNAVAILABLE etcdserver: no leader
            NOT_LEADER FAILED_PRECONDITION etcdserver: not leader
            BAD_LEADER_TRANSFEREE FAILED_PRECONDITION etcdserver: bad leader transferee
            TIMEOUT_LEADER_TRANSFER UNAVAILABLE etcdserver: request timed out, leader transfer took too long
            LEADER_CHANGED UNAVAILABLE etcdserver: leader changed
            STOPPED UNAVAILABLE etcdserver: server stopped
            TIMEOUT UNAVAILABLE etcdserver: request timed out
            CORRUPT DATA_LOSS etcdserver: corrupt cluster
            UNKNOWN_ENUM_VALUE INVALID_ARGUMENT etcdserver: unknown enum value in request
            ANSWER_TOO_LARGE RESOURCE_EXHAUSTED etcdserver: response is too large for the memory of this member, ask for less with a limit
            NO_MEMORY_FOR_ANSWER UNKNOWN etcdserver: the request was carried out, but this member has no memory for its response
            REVISION_SPACE_EXHAUSTED RESOURCE_EXHAUSTED etcdserver: mvcc: revision space exhausted, writes are refused
            """;

    @Test
    void shouldHaveTheCodesAndTextsThatClientsCompare() {
        String table = Arrays.stream(EtcdError.values())
                .map(error -> error + " " + error.code() + " " + error.text() + "\n")
                .collect(Collectors.joining());
        assertEquals(TABLE, table);
    }
}
