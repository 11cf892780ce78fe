package tenon.server.command.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.rpc.Compare;
import tenon.server.rpc.Compare.CompareResult;
import tenon.server.rpc.Compare.CompareTarget;

class TxnTextTest {
    @Test
    void shouldReadComparisons() {
        Compare mod = TxnText.compare("mod(\"hello\") > \"7\"");
        assertEquals("hello", mod.getKey().toStringUtf8());
        assertEquals(CompareResult.GREATER, mod.getResult());
        assertEquals(CompareTarget.MOD, mod.getTarget());
        assertEquals(7, mod.getModRevision());

        Compare value = TxnText.compare("val(\"a \\\"b\\\"\")!=\"x y\"");
        assertEquals("a \"b\"", value.getKey().toStringUtf8());
        assertEquals(CompareResult.NOT_EQUAL, value.getResult());
        assertEquals("x y", value.getValue().toStringUtf8());

        assertEquals(3, TxnText.compare("c(\"k\") < \"3\"").getCreateRevision());
        assertEquals(3, TxnText.compare("version(\"k\") = \"3\"").getVersion());
        assertEquals(0x1f, TxnText.compare("lease(\"k\") = \"1f\"").getLease());
    }

    @Test
    void shouldReadRequests() {
        var put = TxnText.request("put \"a key\" 'a value' --prev-kv").getRequestPut();
        assertEquals("a key", put.getKey().toStringUtf8());
        assertEquals("a value", put.getValue().toStringUtf8());
        assertEquals(true, put.getPrevKv());

        var get = TxnText.request("get a z --limit 3 --keys-only=true").getRequestRange();
        assertEquals("z", get.getRangeEnd().toStringUtf8());
        assertEquals(3, get.getLimit());
        assertEquals(true, get.getKeysOnly());

        var delete = TxnText.request("del ab --prefix").getRequestDeleteRange();
        assertEquals("ac", delete.getRangeEnd().toStringUtf8());
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() {
        assertRefused(ExitCode.BAD_INPUT, "malformed comparison: foo(\"a\") = \"0\" (unknown target foo)", () ->
                TxnText.compare("foo(\"a\") = \"0\""));
        assertRefused(ExitCode.BAD_INPUT, "invalid txn compare request: mod(\"a\") = \"x\"", () ->
                TxnText.compare("mod(\"a\") = \"x\""));
        assertRefused(ExitCode.BAD_INPUT, "invalid txn request: drop a", () -> TxnText.request("drop a"));
        assertRefused(
                ExitCode.BAD_ARGUMENTS,
                "put command needs 1 argument and input from stdin or 2 arguments",
                () -> TxnText.request("put a"));
    }

    private static void assertRefused(int exitCode, String message, Runnable reading) {
        var refused = assertThrows(CommandException.class, reading::run);
        assertEquals(message, refused.getMessage());
        assertEquals(exitCode, refused.exitCode());
    }
}
