package tenon.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

class SourceSizeTest {
    private static final int FILE_LINES_MAX = 700;
    private static final int FILE_LINES_USUAL = 500;
    private static final int METHOD_CODE_LINES_MAX = 60;

    private final SourceTree tree = SourceTree.ofProject();

    @Test
    void shouldKeepFilesShort() {
        List<String> tooLong = new ArrayList<>();
        int overUsual = 0;
        List<SourceTree.Source> sources = tree.all();
        for (SourceTree.Source source : sources) {
            long lines = source.raw().lines().count();
            if (lines > FILE_LINES_MAX) {
                tooLong.add(source.name() + ": " + lines + " lines");
            }
            overUsual += lines > FILE_LINES_USUAL ? 1 : 0;
        }
        assertEquals(List.of(), tooLong);
        assertTrue(overUsual * 50 <= sources.size(), overUsual + " files are over " + FILE_LINES_USUAL + " lines");
    }

    @Test
    void shouldKeepMethodsShort() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> tooLong = new ArrayList<>();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            for (SourceTree.Source source : tree.all()) {
                JavacTask task = (JavacTask)
                        compiler.getTask(null, files, null, List.of(), null, files.getJavaFileObjects(source.file()));
                for (CompilationUnitTree unit : task.parse()) {
                    new LongMethods(source, unit, Trees.instance(task).getSourcePositions(), tooLong).scan(unit, null);
                }
            }
        }
        assertEquals(List.of(), tooLong);
    }

    private static final class LongMethods extends TreeScanner<Void, Void> {
        private final SourceTree.Source source;
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;
        private final List<String> codeLines;

        LongMethods(
                SourceTree.Source source, CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.source = source;
            this.unit = unit;
            this.positions = positions;
            this.found = found;
            this.codeLines = source.text().lines().toList();
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            LineMap lines = unit.getLineMap();
            if (method.getBody() != null && positions.getEndPosition(unit, method) >= 0) {
                int first = (int) lines.getLineNumber(positions.getStartPosition(unit, method));
                int last = (int) lines.getLineNumber(positions.getEndPosition(unit, method));
                long count = codeLines.subList(first - 1, last).stream()
                        .filter(line -> !line.isBlank())
                        .count();
                if (count > METHOD_CODE_LINES_MAX) {
                    found.add(source.name() + ": " + method.getName() + " has " + count + " code lines");
                }
            }
            return super.visitMethod(method, unused);
        }
    }
}
