package io.kvorum.cli.command;

import io.kvorum.traffic.Load;
import io.kvorum.traffic.Sample;
import io.kvorum.traffic.TextReport;
import io.kvorum.traffic.TrafficReport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prints a line for each second of a running load, once that second's requests have ended. */
final class TrafficProgress {
    private static final Duration POLL = Duration.ofMillis(100);
    /** A second some of whose requests have not ended after so long is shown without them. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long SECOND = 1_000_000_000L;

    private final Load load;
    private final PrintStream out;
    private final @Nullable TrafficTimeline timeline;
    /** What has ended, by the second it was due in; seconds that are printed are gone. */
    private final TreeMap<Integer, List<Sample>> seconds = new TreeMap<>();

    private int read;
    private int next;

    /** @param timeline is told of each second as well; null for none */
    TrafficProgress(Load load, PrintStream out, @Nullable TrafficTimeline timeline) {
        this.load = load;
        this.out = out;
        this.timeline = timeline;
    }

    /** Returns when the load has ended. */
    void follow() throws InterruptedException {
        out.println(TextReport.heading());
        while (!load.await(POLL)) {
            take();
            while (complete(next) || load.elapsed().minus(PATIENCE).toSeconds() > next) {
                print();
            }
        }
        take();
        while (!seconds.isEmpty()) {
            next = seconds.firstKey();
            print();
        }
    }

    private void take() {
        List<Sample> ended = load.samplesFrom(read);
        read += ended.size();
        for (Sample sample : ended) {
            int second = (int) (sample.dueNanos() / SECOND);
            if (second >= next) {
                seconds.computeIfAbsent(second, s -> new ArrayList<>()).add(sample);
            }
        }
    }

    /** Whether every request that was due in a second has ended. */
    private boolean complete(int second) {
        double rate = load.plan().rate();
        // Request i is due at i/rate.
        long due = (long) (Math.ceil((second + 1) * rate) - Math.ceil(second * rate));
        return load.elapsed().toSeconds() > second
                && seconds.getOrDefault(second, List.of()).size() >= due;
    }

    private void print() {
        Map.Entry<Integer, List<Sample>> first = seconds.firstEntry();
        if (first != null && first.getKey() == next) {
            seconds.remove(next);
            TrafficReport.of("", load.plan().rate(), first.getValue(), List.of(), 0)
                    .seconds()
                    .forEach(this::tell);
        }
        next++;
    }

    private void tell(TrafficReport.Second second) {
        out.println(TextReport.line(second));
        if (timeline != null) {
            timeline.second(second);
        }
    }
}
