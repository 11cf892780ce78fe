package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

/// Operations are written as `put a`, `del a`, `del a..c`, `del a..` and, nested, `[success | failure]`; see [Script].
class TxnWritesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "put a;                                   true",
                "put a put b;                             true",
                "put a put a;                             false",
                "put a del b;                             true",
                "put a del a;                             false",
                "del a put a;                             false",
                "del a del a;                             true",
                "del a..c del b..d;                       true",
                "put b del a..c;                          false",
                "put c del a..c;                          true",
                "put a del a..c;                          false",
                "put b del c..a;                          true",
                "put z del a..;                           false",
                "put a del b..;                           true",
                "put d del a..b del c..e del b..c;        false",
                "put d del a..c del e..g del b..f;        false",
                "put a [put a | ];                        false",
                "put a [ | put a];                        false",
                "[put a | put a];                         true",
                "[put a | put a] put a;                   false",
                "[put a | ] [put a | ];                   false",
                "[put a | ] [ | put a];                   false",
                "[put a | del a];                         true",
                "[put a | ] del a;                        false",
                "[del a | ] put a;                        false",
                "[ | del a..c] put b;                     false",
                "[ | [put a | put b]] put b;              false",
                "[[put a | put a] | put a] put b;         true",
            })
    void shouldFindKeysThatAreWrittenTwice(String ops, boolean isFine) {
        assertEquals(isFine, isFine(new Script(ops).ops()));
    }

    @Test
    void shouldAgreeWithTheDefinition() {
        long seed = Long.getLong("tenon.seed", System.nanoTime());
        System.out.println("replay with -Dtest=TxnWritesTest -Dtenon.seed=" + seed);
        Random random = new Random(seed);
        int fineCount = 0;
        for (int round = 0; round < 3_000; round++) {
            List<RequestOp> ops = randomOps(random, 5, 2);
            boolean isFine = isFine(ops);
            assertEquals(isFineByDefinition(ops), isFine, ops::toString);
            fineCount += isFine ? 1 : 0;
        }
        assertEquals(true, fineCount > 100 && fineCount < 2_900, "one-sided: " + fineCount);
    }

    private static boolean isFine(List<RequestOp> ops) {
        try {
            TxnWrites.of(ops);
            return true;
        } catch (RequestException e) {
            assertEquals(EtcdError.DUPLICATE_KEY, e.error());
            return false;
        }
    }

    /// Keys are single letters from a to h, so a set of them stands for a range.
    private static boolean isFineByDefinition(List<RequestOp> ops) {
        return findWrites(ops) != null;
    }

    private record Writes(Set<Character> puts, Set<Character> deletes) {}

    private static Writes findWrites(List<RequestOp> ops) {
        Writes all = new Writes(new HashSet<>(), new HashSet<>());
        for (RequestOp op : ops) {
            if (op.hasRequestDeleteRange()) {
                all.deletes.addAll(keys(op.getRequestDeleteRange()));
            }
        }
        for (RequestOp op : ops) {
            if (op.hasRequestTxn() && !addOutcomes(all, op.getRequestTxn())) {
                return null;
            }
        }
        for (RequestOp op : ops) {
            if (op.hasRequestPut()) {
                char key = op.getRequestPut().getKey().toStringUtf8().charAt(0);
                if (!all.puts.add(key) || all.deletes.contains(key)) {
                    return null;
                }
            }
        }
        return all;
    }

    private static boolean addOutcomes(Writes all, TxnRequest txn) {
        Writes success = findWrites(txn.getSuccessList());
        Writes failure = findWrites(txn.getFailureList());
        if (success == null || failure == null) {
            return false;
        }
        Set<Character> puts = new HashSet<>(success.puts);
        puts.addAll(failure.puts);
        for (char key : puts) {
            if (!all.puts.add(key) || all.deletes.contains(key)) {
                return false;
            }
        }
        all.deletes.addAll(success.deletes);
        all.deletes.addAll(failure.deletes);
        return true;
    }

    private static Set<Character> keys(DeleteRangeRequest request) {
        Set<Character> keys = new HashSet<>();
        char first = request.getKey().toStringUtf8().charAt(0);
        String end = request.getRangeEnd().toStringUtf8();
        for (char key = first; key <= 'h'; key++) {
            if (end.isEmpty() ? key == first : end.equals("\0") || key < end.charAt(0)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private static List<RequestOp> randomOps(Random random, int countMax, int depth) {
        List<RequestOp> ops = new ArrayList<>();
        for (int count = random.nextInt(countMax); count > 0; count--) {
            ops.add(randomOp(random, depth));
        }
        return ops;
    }

    private static RequestOp randomOp(Random random, int depth) {
        String key = Character.toString('a' + random.nextInt(8));
        return switch (random.nextInt(depth > 0 ? 5 : 4)) {
            case 0, 1 -> put(key);
            case 2 -> delete(key, "");
            case 3 -> delete(key, random.nextInt(6) == 0 ? "\0" : Character.toString('a' + random.nextInt(8)));
            default -> RequestOp.newBuilder()
                    .setRequestTxn(TxnRequest.newBuilder()
                            .addAllSuccess(randomOps(random, 3, depth - 1))
                            .addAllFailure(randomOps(random, 3, depth - 1)))
                    .build();
        };
    }

    private static RequestOp put(String key) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build();
    }

    private static RequestOp delete(String key, String rangeEnd) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setRangeEnd(ByteString.copyFromUtf8(rangeEnd)))
                .build();
    }

    /// Reads what the table above writes.
    private static final class Script {
        private final List<String> words;
        private int next;

        Script(String text) {
            words = List.of(text.replace("[", " [ ")
                    .replace("]", " ] ")
                    .replace("|", " | ")
                    .strip()
                    .split("\\s+"));
        }

        List<RequestOp> ops() {
            List<RequestOp> ops = new ArrayList<>();
            while (next < words.size() && !words.get(next).equals("|") && !words.get(next).equals("]")) {
                ops.add(op());
            }
            return ops;
        }

        private RequestOp op() {
            String verb = words.get(next++);
            if (verb.equals("[")) {
                TxnRequest.Builder txn = TxnRequest.newBuilder().addAllSuccess(ops());
                next++;
                txn.addAllFailure(ops());
                next++;
                return RequestOp.newBuilder().setRequestTxn(txn).build();
            }
            String operand = words.get(next++);
            if (verb.equals("put")) {
                return put(operand);
            }
            int dots = operand.indexOf("..");
            if (dots < 0) {
                return delete(operand, "");
            }
            String end = operand.substring(dots + 2);
            return delete(operand.substring(0, dots), end.isEmpty() ? "\0" : end);
        }
    }
}
