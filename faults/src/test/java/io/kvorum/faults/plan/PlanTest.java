package io.kvorum.faults.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.Member;
import io.kvorum.faults.Topology;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
    private static final Topology TOPOLOGY = new Topology(List.of(
            new Member("store-0", "store", "", "127.1.0.10", false),
            new Member("store-1", "store", "", "127.1.0.11", true),
            new Member("store-2", "store", "", "127.1.0.12", false),
            new Member("apiserver-0", "apiserver", "", "127.1.0.40", false),
            new Member("kubelet-node-1", "kubelet", "node-1", "127.1.4.1", false),
            new Member("kubelet-node-2", "kubelet", "node-2", "127.1.4.2", false)));

    private static final String PLAN = """
        name: havoc
        pick:
          lag: {between: [20ms, 80ms]}
        steps:
        - name: leader away
          at: 1s
          fault: partition leader:store
          for: 5s..15s
        - wait: healed
          timeout: 20s
        - repeat: 3
          every: 10s
          steps:
          - name: slow
            pick:
              victim: {from: role:store}
            fault: delay ${victim} apiserver-0 ${lag}
          - after: 2s
            heal: slow
        - pick:
            node: {from: nodes}
          fault: pause ${node}
        - sleep: 1s
        """;

    /** A cluster in which time passes only when somebody sleeps. Each line of its log: seconds, what. */
    private static final class FakeCluster implements PlanTarget, PlanTime {
        private final List<String> log = new ArrayList<>();
        private final Map<String, Long> ends = new LinkedHashMap<>();
        private long nanos = 1_000_000_000_000L;
        private int lastId;

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public void sleepUntil(long until) {
            nanos = Math.max(nanos, until);
            ends.values().removeIf(end -> end <= nanos);
        }

        private void log(String what) {
            log.add((nanos - 1_000_000_000_000L) / 1_000_000 + " " + what);
        }

        @Override
        public Injected inject(Fault fault, Duration duration) {
            String id = "f" + ++lastId;
            String resolved = fault.resolve(TOPOLOGY).describe();
            log(id + " " + resolved + " " + duration.toMillis());
            ends.put(id, duration.isZero() ? Long.MAX_VALUE : nanos + duration.toNanos());
            return new Injected(id, resolved);
        }

        @Override
        public void heal(String id) {
            log("heal " + id);
            ends.remove(id);
        }

        @Override
        public Topology topology() {
            return TOPOLOGY;
        }

        @Override
        public Set<String> ready() {
            return Set.of("store-0", "apiserver-0");
        }

        @Override
        public List<String> active() {
            return List.copyOf(ends.keySet());
        }
    }

    private static Plan parsed(String yaml) {
        Plan plan = PlanParser.parse("plan.yaml", yaml);
        PlanCheck.check(plan, TOPOLOGY);
        return plan;
    }

    private final FakeCluster cluster = new FakeCluster();
    private final StringWriter recorded = new StringWriter();

    private List<String> run(String yaml, long seed) throws InterruptedException {
        FakeCluster fresh = new FakeCluster();
        try (PlanRun run = new PlanRun(fresh, fresh, new Recording(recorded), line -> {})) {
            run.run(parsed(yaml), seed, Instant.EPOCH);
        }
        return fresh.log;
    }

    @Test
    void stepsFollowEachOtherAtTheirTimes() throws InterruptedException {
        List<String> log = run(PLAN, 7);
        assertThat(log.get(0))
                .matches("1000 f1 partition store-1 / store-0,store-2,apiserver-0,kubelet-node-1,kubelet-node-2 \\d+");
        long duration = Long.parseLong(log.get(0).replaceAll(".* ", ""));
        assertThat(duration).isBetween(5_000L, 15_000L);
        long second = Long.parseLong(log.get(1).replaceAll(" .*", ""));
        assertThat(second).isBetween(1_000 + duration, 1_000 + duration + 250);
        assertThat(log.get(1)).matches("\\d+ f2 delay store-\\d apiserver-0 \\d\\dms 0");
        assertThat(log.get(2)).isEqualTo(second + 2_000 + " heal f2");
        assertThat(log.get(3)).startsWith(second + 10_000 + " f3 delay");
        assertThat(log.get(7)).matches("\\d+ f5 pause kubelet-node-\\d 0");
        assertThat(log.get(8)).isEqualTo(second + 23_000 + " heal f5");
        assertThat(log).hasSize(9);
    }

    @Test
    void theSameSeedPicksTheSameAndAnotherPicksOthers() throws InterruptedException {
        assertThat(run(PLAN, 7)).isEqualTo(run(PLAN, 7));
        assertThat(List.of(run(PLAN, 1), run(PLAN, 2), run(PLAN, 3), run(PLAN, 4)))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyMemberIsPickedSometimesAndBoundsAreKept() {
        Plan plan =
                parsed("steps: [{pick: {v: {from: role:store}, p: {between: [1%, 3%]}}, fault: 'loss ${v} apiserver-0"
                        + " ${p}'}]");
        Map<String, Pick> picks = plan.steps().get(0).head().picks();
        List<String> victims = new ArrayList<>();
        List<String> shares = new ArrayList<>();
        for (long seed = 0; seed < 50; seed++) {
            Map<String, String> values = new Picks(seed, TOPOLOGY).draw(picks, Map.of(), "steps[0]");
            victims.add(String.valueOf(values.get("v")));
            shares.add(String.valueOf(values.get("p")));
        }
        assertThat(victims).containsOnly("store-0", "store-1", "store-2").contains("store-0", "store-1", "store-2");
        assertThat(shares).containsOnly("1%", "2%", "3%").contains("1%", "2%", "3%");
    }

    @Test
    void aRecordingIsDoneAgainAtTheSameTimesToTheSameMembers() throws InterruptedException {
        List<String> first = run(PLAN, 11);
        String recording = recorded.toString();
        assertThat(recording).startsWith("{\"action\":\"begin\",\"plan\":\"havoc\",\"seed\":11,");
        assertThat(recording).contains("\"picks\":{\"lag\":").endsWith("\"result\":\"done\"}\n");
        try (PlanRun again = new PlanRun(cluster, cluster, new Recording(new StringWriter()), line -> {})) {
            again.replay("run.jsonl", recording, Instant.EPOCH);
        }
        assertThat(cluster.log).isEqualTo(first);
    }

    @Test
    void whatDidNotComeToItsEndIsHealed() {
        String yaml = "steps: [{fault: pause store-0}, {wait: ready store-1, timeout: 3s}, {fault: kill store-2}]";
        try (PlanRun run = new PlanRun(cluster, cluster, new Recording(recorded), line -> {})) {
            assertThatThrownBy(() -> run.run(parsed(yaml), 1, Instant.EPOCH))
                    .isInstanceOf(FaultException.class)
                    .hasMessage("steps[1]: \"ready store-1\" did not hold within 3s");
        }
        assertThat(cluster.log).containsExactly("0 f1 pause store-0 0", "3000 heal f1");
    }

    @Test
    void branchesRunSideBySide() throws InterruptedException {
        String yaml = """
            steps:
            - parallel:
              - [{fault: pause store-0}, {fault: pause store-1}]
              - {fault: skew apiserver-0 +30s, for: 10s}
            - fault: reset store-0 store-2
            """;
        List<String> log = run(yaml, 1);
        assertThat(log.subList(0, 3).stream().map(line -> line.replaceAll("^0 f\\d ", "")))
                .containsExactlyInAnyOrder("pause store-0 0", "pause store-1 0", "skew apiserver-0 +30s 10000");
        assertThat(log.get(3)).isEqualTo("0 f4 reset store-0 store-2 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "steps: [] | plan.yaml:1: steps: has no steps",
                "name: x | plan.yaml:1: a plan needs \"steps\"",
                "- x | plan.yaml:1: must be a mapping",
                "'steps: [' | plan.yaml:1: not YAML",
                "steps: [{fault: kill store-0, fur: 5s}] | plan.yaml:1: steps[0].fur: is not known here; there are"
                        + " after, at, fault, for",
                "steps: [{fault: kill store-0, sleep: 5s}] | steps[0]: a step needs exactly one of fault, sleep",
                "steps: [{name: x}] | steps[0]: a step needs exactly one of",
                "steps: [{fault: kill store-0, for: 5}] | steps[0].for: \"5\" is not a duration",
                "steps: [{fault: kill store-0, for: 9s..5s}] | steps[0].for: \"9s..5s\": the first duration must not",
                "steps: [{fault: kill store-0, for: 0s}] | steps[0].for: must be longer than nothing",
                "steps: [{fault: kill store-0, at: 1s, after: 1s}] | steps[0].at: a step starts either",
                "steps: [{fault: kill store-9}] | plan.yaml:1: steps[0].fault: nothing is named \"store-9\"",
                "steps: [{fault: explode store-0}] | steps[0].fault: there is no fault \"explode\"",
                "steps: [{fault: 'kill ${victim}'}] | \"${victim}\" is not picked anywhere around this step",
                "steps: [{pick: {v: {from: [store-0, store-9]}}, fault: 'kill ${v}'}] | steps[0].pick.v: nothing is"
                        + " named \"store-9\"",
                "steps: [{pick: {v: {from: [store-0, apiserver-0]}}, fault: 'disk ${v} --latency 5ms'}] | apiserver-0"
                        + " keeps nothing on disk",
                "steps: [{pick: {v: {from: role:store, count: 4}}, fault: 'kill ${v}'}] | cannot pick 4 of 3",
                "steps: [{pick: {v: {between: [5ms, 5%]}}, fault: 'kill ${v}'}] | needs two values of one unit",
                "steps: [{pick: {v: {between: [9, 5]}}, fault: 'kill ${v}'}] | the first value must not be above",
                "steps: [{pick: {v: {of: x}}, fault: 'kill ${v}'}] | steps[0].pick.v.of: is not known here",
                "steps: [{heal: x}] | steps[0].heal: no fault before this step is named \"x\"",
                "steps: [{wait: rain}] | steps[0].wait: \"rain\" is not a condition",
                "steps: [{wait: leader cook}] | steps[0].wait: nothing is named \"leader:cook\"",
                "steps: [{repeat: 0, steps: [{sleep: 1s}]}] | steps[0].repeat: \"0\" is not a whole number from 1",
                "steps: [{repeat: 2}] | repeat needs \"steps\"",
                "steps: [{repeat: 2, steps: [{fault: kill nobody}]}] | steps[0].steps[0].fault: nothing is named",
                "steps: [{parallel: [[{fault: kill nobody}]]}] | steps[0].parallel[0][0].fault: nothing is named",
                "steps: [{fault: restart store-0, for: 5s}] | \"for\" means nothing here",
                "steps: [{sleep: 1s, sleep: 2s}] | steps[0].sleep: is given twice"
            })
    void aBadPlanIsRefusedWithLineAndField(String yaml, String message) {
        assertThatThrownBy(() -> parsed(yaml)).isInstanceOf(PlanException.class).hasMessageContaining(message);
    }

    @Test
    void theLineIsThatOfTheField() {
        assertThatThrownBy(() -> parsed("steps:\n- sleep: 1s\n- fault: kill store-0\n  for: long\n"))
                .hasMessageStartingWith("plan.yaml:4: steps[1].for:");
    }

    @Test
    void aRecordingThatCannotBeDoneIsRefused() {
        PlanRun run = new PlanRun(cluster, cluster, new Recording(recorded), line -> {});
        assertThatThrownBy(() -> run.replay("r", "hello", Instant.EPOCH)).hasMessageStartingWith("r:1: not a line");
        assertThatThrownBy(() -> run.replay("r", "{\"action\":\"fault\"}", Instant.EPOCH))
                .hasMessageStartingWith("r:1: not a recording");
        String begin = "{\"action\":\"begin\"}\n";
        assertThatThrownBy(() -> run.replay(
                        "r",
                        begin + "{\"action\":\"fault\",\"id\":\"f1\",\"offsetMillis\":5,\"fault\":\"kill nobody\"}",
                        Instant.EPOCH))
                .hasMessageStartingWith("r:2: nothing is named \"nobody\"");
        assertThat(cluster.log).isEmpty();
    }

    @Test
    void aRoleWithoutALeaderAtTheMomentIsFine() {
        assertThatCode(() -> parsed("steps: [{fault: kill leader:apiserver}]")).doesNotThrowAnyException();
    }
}
