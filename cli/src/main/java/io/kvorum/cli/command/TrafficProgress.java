package io.kvorum.cli.command;

import io.kvorum.traffic.Load;
import io.kvorum.traffic.Sample;
import io.kvorum.traffic.TextReport;
import io.kvorum.traffic.TrafficReport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Prints a line for each second of a running load, once that second's requests have had the time to end. */
final class TrafficProgress {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Load load;
    private final PrintStream out;
    private int printed;

    TrafficProgress(Load load, PrintStream out) {
        this.load = load;
        this.out = out;
    }

    /** Returns when the load has ended. */
    void follow() throws InterruptedException {
        out.println(TextReport.heading());
        while (!load.await(POLL)) {
            print((int) load.elapsed().minus(POLL).toSeconds());
        }
        print(Integer.MAX_VALUE);
    }

    /** Prints the seconds before {@code before} that are not printed yet. */
    private void print(int before) {
        if (printed >= before) {
            return;
        }
        long from = printed * 1_000_000_000L;
        List<Sample> samples = load.samples().stream()
                .filter(sample -> sample.dueNanos() >= from)
                .toList();
        for (TrafficReport.Second second :
                TrafficReport.of("", load.plan().rate(), samples, List.of(), 0).seconds()) {
            if (second.number() < before) {
                out.println(TextReport.line(second));
                printed = second.number() + 1;
            }
        }
    }
}
