package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.testkit.SimulatedFileSystem;

class HealthTest {
    @Test
    void shouldDependOnALinearizableRead() {
        Node node = TestNodes.start(new SimulatedFileSystem());
        try (node) {
            assertEquals("", healthProblem(node, false));
        }
        // What it knew last still says that it leads, and no alarm stands.
        assertEquals("", healthProblem(node, true));
        assertEquals("RANGE ERROR:etcdserver: server stopped", healthProblem(node, false));
    }

    private static String healthProblem(Node node, boolean serializable) {
        return TestNodes.await(node.maintenance().healthProblem(Set.of(), serializable));
    }
}
