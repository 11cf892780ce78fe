package tenon.server.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tenon.server.simulation.Linearizability;
import tenon.server.simulation.Operation;

/// Each key is a linearizable register, whatever revisions the answers claim.
final class RegisterLaw {
    static final String LINEARIZABLE = "each key is linearizable";

    private final Map<String, List<Operation>> operations = new TreeMap<>();

    private RegisterLaw() {}

    static void judge(List<Call> calls, Verdict verdict) {
        var law = new RegisterLaw();
        List<String> keys = calls.stream()
                .flatMap(call -> call.request.written().stream())
                .distinct()
                .sorted()
                .toList();
        for (Call call : calls) {
            if (call.outcome() != Call.Outcome.REFUSED) {
                law.add(call, keys);
            }
        }
        law.operations.forEach((key, all) -> {
            if (!Linearizability.holds(all)) {
                verdict.violated(LINEARIZABLE, key, callsOf(key, calls));
            }
        });
    }

    private static String callsOf(String key, List<Call> calls) {
        var text = new StringBuilder();
        for (Call call : calls) {
            boolean reads = call.request instanceof Request.Read read && isRegisterRead(call, read) && read.covers(key);
            if (reads || call.request.written().contains(key)) {
                text.append(call).append("\n    ");
            }
        }
        return text.toString();
    }

    private void add(Call call, List<String> keys) {
        switch (call.request) {
            case Request.Read read -> {
                if (isRegisterRead(call, read)) {
                    keys.stream().filter(read::covers).forEach(key -> add(key, call, Operation.Kind.GET, 0));
                }
            }
            case Request.Put put -> add(put.key(), call, Operation.Kind.PUT, 0);
            case Request.PutBoth both -> both.written().forEach(key -> add(key, call, Operation.Kind.PUT, 0));
            case Request.Delete delete -> add(delete.key(), call, Operation.Kind.DELETE, 0);
            case Request.Swap swap -> add(swap.key(), call, Operation.Kind.SWAP, swap.expectedWrite());
        }
    }

    private static boolean isRegisterRead(Call call, Request.Read read) {
        return call.isDone() && read.isLinearizable() && read.revision() == 0;
    }

    private void add(String key, Call call, Operation.Kind kind, long expected) {
        var operation = new Operation(call.id, kind, 0, expected, call.client, call.invokedAt);
        if (call.isDone()) {
            boolean swapped = kind == Operation.Kind.SWAP && call.hasWritten();
            operation.answered(call.returnedAt(), swapped ? expected : found(key, call));
        }
        operations.computeIfAbsent(key, each -> new ArrayList<>()).add(operation);
    }

    /// Who wrote what the call found at the key.
    private static long found(String key, Call call) {
        return call.answer().found().stream()
                .filter(version -> version.key().equals(key))
                .mapToLong(Version::write)
                .findFirst()
                .orElse(0);
    }
}
