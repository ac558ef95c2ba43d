package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final List<List<String>> ROWS = List.of(List.of("what", "n"), List.of("a put", "12345"));

    @Test
    void columnsAreAsWideAsTheirWidestCellAndLinesEndWithoutBlanks() {
        assertThat(Table.of(ROWS, false)).isEqualTo("what   n\na put  12345\n");
    }

    @Test
    void markdownHasBarsAndALineBelowTheHead() {
        assertThat(Table.of(ROWS, true)).isEqualTo("""
                | what  | n     |
                |-------|-------|
                | a put | 12345 |
                """);
    }

    @Test
    void aNarrowColumnIsStillWideEnoughForMarkdown() {
        assertThat(Table.of(List.of(List.of("n")), true)).isEqualTo("| n   |\n|-----|\n");
    }
}
