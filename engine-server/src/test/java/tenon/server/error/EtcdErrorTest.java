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
            NO_LEADER UNAVAILABLE etcdserver: no leader
            NOT_LEADER FAILED_PRECONDITION etcdserver: not leader
            LEADER_CHANGED UNAVAILABLE etcdserver: leader changed
            STOPPED UNAVAILABLE etcdserver: server stopped
            TIMEOUT UNAVAILABLE etcdserver: request timed out
            CORRUPT DATA_LOSS etcdserver: corrupt cluster
            UNKNOWN_ENUM_VALUE INVALID_ARGUMENT etcdserver: unknown enum value in request
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
