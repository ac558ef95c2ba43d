package io.kvorum.store.etcd.parity;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.store.etcd.EtcdCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Same calls, same answers. With an etcd on the PATH, {@code -Detcd.seeds=100-120 -Detcd.calls=2000} compares with it at
 * other seeds, and {@code -Detcd.record=FILE} keeps the conversation of the last one.
 */
final class EtcdParityTest {
    /** What seed 7 came to, by {@code -Detcd.record}. */
    private static final String RECORDED = "etcd-3.4.transcript.gz";

    /** Written by hand. */
    private static final String BAD_INPUT = "bad-input.transcript";

    /** An etcd tells the past to new watchers every 100 ms. */
    private static final long ETCD_QUIET_MILLIS = 350;

    @TempDir
    Path folder;

    private static EtcdCluster kvorum(Path folder) throws Exception {
        return EtcdCluster.start(folder, new EtcdCluster.Parts() {});
    }

    @ParameterizedTest
    @ValueSource(strings = {RECORDED, BAD_INPUT})
    void theStoreAnswersAsEtcdDid(String transcript) throws Exception {
        try (EtcdCluster kvorum = kvorum(folder);
                Caller caller = new Caller(kvorum.address("store-1"), 0)) {
            replay(Transcript.resource(transcript), caller);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RECORDED, BAD_INPUT})
    void whatIsKeptIsWhatEtcdAnswers(String transcript) throws Exception {
        Optional<Path> program = EtcdProcess.program();
        assumeTrue(program.isPresent(), "there is no etcd");
        try (EtcdProcess etcd = EtcdProcess.start(program.get(), folder);
                Caller caller = new Caller(etcd.address(), ETCD_QUIET_MILLIS)) {
            replay(Transcript.resource(transcript), caller);
        }
    }

    private static void replay(Transcript recorded, Caller caller) {
        Differences differences = new Differences("recorded");
        for (Transcript.Exchange exchange : recorded.exchanges()) {
            differences.compare(exchange.step(), exchange.answer(), caller.play(exchange.step()));
        }
        Differences.assertNone(List.of(differences));
    }

    @Test
    void theStoreAnswersAsEtcdDoes() throws Exception {
        Optional<Path> program = EtcdProcess.program();
        assumeTrue(program.isPresent(), "there is no etcd");
        String[] seeds = System.getProperty("etcd.seeds", "1-1").split("-");
        int calls = Integer.getInteger("etcd.calls", 300);
        Transcript last = null;
        List<Differences> all = new ArrayList<>();
        for (long seed = Long.parseLong(seeds[0]); seed <= Long.parseLong(seeds[1]); seed++) {
            Path own = Files.createDirectories(folder.resolve("seed-" + seed));
            try (EtcdProcess etcd = EtcdProcess.start(program.get(), own);
                    EtcdCluster kvorum = kvorum(own);
                    Caller model = new Caller(etcd.address(), ETCD_QUIET_MILLIS);
                    Caller caller = new Caller(kvorum.address("store-1"), 0)) {
                Differences differences = new Differences("seed " + seed);
                last = converse(new RandomCalls(seed), calls, model, caller, differences);
                all.add(differences);
            }
        }
        Differences.assertNone(all);
        String record = System.getProperty("etcd.record");
        if (record != null && last != null) {
            last.write(Path.of(record));
        }
    }

    private static Transcript converse(
            RandomCalls random, int calls, Caller model, Caller caller, Differences differences) {
        List<Transcript.Exchange> exchanges = new ArrayList<>();
        Deque<Step> last = new ArrayDeque<>();
        for (int i = 0; (i < calls || !last.isEmpty()) && model.revision() == caller.revision(); i++) {
            Step step = i < calls ? random.next(model.revision()) : last.remove();
            String expected = model.play(step);
            exchanges.add(new Transcript.Exchange(step, expected));
            differences.compare(step, expected, caller.play(step));
            if (i == calls - 1) {
                last.addAll(random.last());
            }
        }
        return new Transcript(exchanges);
    }
}
