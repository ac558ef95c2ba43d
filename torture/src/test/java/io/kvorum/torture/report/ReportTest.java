package io.kvorum.torture.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.check.Checks;
import io.kvorum.torture.check.Report;
import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Election;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.FaultMark;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import io.kvorum.torture.history.WatchRequest;
import io.kvorum.torture.history.WatchStream;
import io.kvorum.torture.sim.Bug;
import io.kvorum.torture.sim.Simulation;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTest {
    private static final long MILLI = 1_000_000;

    private static Operation operation(int id, int client, long from, long to, Call call, Fate fate) {
        return new Operation(id, client, "store-" + client, client, from * MILLI, to * MILLI, call, fate);
    }

    private static History stale() {
        return new History(
                History.Base.EMPTY,
                List.of(
                        operation(0, 1, 0, 10, new Call.Put("a", "<1>", 0, false), new Reply.Put(2, null)),
                        operation(1, 2, 5, 8, new Call.Put("a", "2", 0, false), new Fate.Unknown("deadline")),
                        operation(
                                2,
                                3,
                                20,
                                30,
                                new Call.Range(KeyRange.all(), 0, false, 0, false),
                                new Reply.Range(1, List.of(), 0, false)),
                        operation(
                                3,
                                1,
                                22,
                                25,
                                new Call.Put("a", "3", 0, false),
                                new Fate.Failed(Fate.Code.REFUSED, ""))),
                List.of(),
                List.of(new FaultMark("partition", "store-3", 15 * MILLI, 40 * MILLI)),
                List.of(new Election(18 * MILLI, "store-2", 7)),
                null);
    }

    @Test
    void theTimelineShowsWhoDidWhatWhen() {
        History history = stale();
        Report report = Checks.run(history);
        String text = TextReport.timeline(report.violations().get(0), history);
        assertThat(text.lines())
                .anyMatch(line -> line.matches("faults +\\| +\\[~+ partition ~+\\]\\|"))
                .anyMatch(line -> line.matches("elections +\\| +\\* +\\|"))
                .anyMatch(line -> line.matches("client 1 +\\|\\[=+ #0 =+\\] +\\[x+ #3 x+\\] +\\|"))
                .anyMatch(line -> line.matches("client 2 +\\| +\\[-+ #1 -+\\? +\\|"))
                .anyMatch(line -> line.matches("client 3 +\\| +\\[#+ #2 #+\\]\\|"))
                .anyMatch(line -> line.matches("client 3 +# +20.000 .. +30.000 ms +#2 +get all keys -> @1 \\[\\]"));
    }

    @Test
    void theReportCountsFatesAndFaults() {
        History history = stale();
        assertThat(TextReport.of(history, Checks.run(history)))
                .contains("4 operations in 0.0 s")
                .containsPattern("put +1 +1 +1 +10 ms")
                .contains("faults: partition 1x; 1 elections")
                .contains("BROKEN: STALE_READ 1x");
        History clean = History.of(List.of(), List.of());
        assertThat(TextReport.of(clean, Checks.run(clean))).contains("every promise was kept");
    }

    @Test
    void thePageNeedsNothingElseAndEscapesWhatItShows() {
        History history = stale();
        String page = ReportPage.of("a & b <torture>", history, Checks.run(history));
        assertThat(page)
                .contains("<title>a &amp; b &lt;torture&gt;</title>")
                .contains("put a=&lt;1&gt;")
                .doesNotContain("<1>")
                .contains("STALE_READ 1\u00d7")
                .contains("prefers-color-scheme: dark")
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("src=")
                .doesNotContain("@import");
    }

    @Test
    void theDrawingsAreWellFormed() throws Exception {
        for (Bug bug : Bug.values()) {
            History history = Simulation.run(3, Simulation.Plan.EVERYTHING, bug).history();
            String page = ReportPage.of(bug.name(), history, Checks.run(history));
            for (int at = page.indexOf("<svg"); at >= 0; at = page.indexOf("<svg", at + 1)) {
                String svg = page.substring(at, page.indexOf("</svg>", at) + 6);
                var document = DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(svg)));
                assertThat(document.getElementsByTagName("rect").getLength()).isPositive();
                assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity").doesNotContain("width=\"-");
            }
        }
    }

    @Test
    void theFramesOfAWatchAreALane() {
        KeyValue b = new KeyValue("b", "2", 3, 3, 1, 0);
        Operation one = operation(0, 1, 0, 10, new Call.Put("a", "1", 0, false), new Reply.Put(2, null));
        Operation two = operation(1, 1, 20, 30, new Call.Put("b", "2", 0, false), new Reply.Put(3, null));
        History history = History.of(
                List.of(one, two),
                List.of(new WatchStream(
                        0,
                        4,
                        9,
                        "m",
                        1,
                        0,
                        WatchRequest.of(KeyRange.all(), 2),
                        List.of(
                                new Frame.Created(1, 1),
                                new Frame.Events(35 * MILLI, 3, false, List.of(Event.put(b, null)))))));
        Report report = Checks.run(history);
        assertThat(TextReport.timeline(report.violations().get(0), history))
                .containsPattern("watcher 4 +\\| +\\* +.*#\\|")
                .contains("events [put b=2 @3");
    }

    @Test
    void thePageIsWritten(@TempDir Path folder) throws IOException {
        History history = History.of(List.of(), List.of());
        Path file = folder.resolve("report.html");
        ReportPage.write(file, "nothing", history, Checks.run(history));
        assertThat(Files.readString(file)).contains("Every promise was kept");
    }
}
