package io.kvorum.faults.plan;

import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import io.kvorum.faults.Member;
import io.kvorum.faults.Topology;
import io.kvorum.faults.plan.Step.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tries every fault of a plan with every value its variables can have, against the cluster's members. Changes nothing. */
public final class PlanCheck {
    private final Topology topology;
    private final Picks picks;
    private final Set<String> faultNames = new HashSet<>();

    private PlanCheck(Topology topology) {
        this.topology = topology;
        this.picks = new Picks(0, topology);
    }

    /**
     * Checks a plan against the members of a cluster.
     *
     * @throws PlanException with file, line and field of what cannot work
     */
    public static void check(Plan plan, Topology cluster) {
        PlanCheck check = new PlanCheck(withLeaders(cluster));
        check.steps(plan.steps(), check.scope(plan.picks(), List.of(Map.of())));
    }

    /** Who leads changes meanwhile; a role that has no leader at this moment may have one when it matters. */
    private static Topology withLeaders(Topology cluster) {
        Set<String> led = new HashSet<>();
        cluster.members().stream().filter(Member::leader).forEach(member -> led.add(member.role()));
        List<Member> members = new ArrayList<>();
        for (Member member : cluster.members()) {
            boolean leads = member.leader() || member.process() && led.add(member.role());
            members.add(
                    new Member(member.name(), member.role(), member.node(), member.address(), leads, member.process()));
        }
        return new Topology(members);
    }

    /**
     * The values to try: each variable goes through all of its own while the others stay.
     *
     * @param outer what surrounding steps have
     */
    private List<Map<String, String>> scope(Map<String, Pick> own, List<Map<String, String>> outer) {
        List<Map<String, String>> scope = outer;
        for (Map.Entry<String, Pick> pick : own.entrySet()) {
            List<String> values = values(pick.getValue());
            List<Map<String, String>> next = new ArrayList<>();
            for (int i = 0; i < Math.max(scope.size(), values.size()); i++) {
                Map<String, String> all = new LinkedHashMap<>(scope.get(Math.min(i, scope.size() - 1)));
                all.put(pick.getKey(), values.get(Math.min(i, values.size() - 1)));
                next.add(all);
            }
            scope = next;
        }
        return scope;
    }

    private List<String> values(Pick pick) {
        if (pick instanceof Pick.Between between) {
            return List.of(between.low().text(), between.high().text());
        }
        Pick.Members members = (Pick.Members) pick;
        List<String> candidates;
        try {
            candidates = picks.candidates(members);
            candidates.forEach(topology::resolve);
        } catch (FaultException e) {
            throw members.place().wrong(String.valueOf(e.getMessage()));
        }
        if (members.count() == 1) {
            return candidates;
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            List<String> some = new ArrayList<>();
            for (int j = 0; j < members.count(); j++) {
                some.add(candidates.get((i + j) % candidates.size()));
            }
            values.add(String.join(",", some));
        }
        return values;
    }

    private void steps(List<Step> steps, List<Map<String, String>> outer) {
        for (Step step : steps) {
            List<Map<String, String>> scope = scope(step.head().picks(), outer);
            duration(step.head().at(), scope, false);
            duration(step.head().after(), scope, false);
            step(step, scope);
        }
    }

    private void step(Step step, List<Map<String, String>> scope) {
        if (step instanceof Step.Inject inject) {
            faultNames.add(inject.head().name());
            duration(inject.duration(), scope, true);
            scope.forEach(values -> fault(inject, values));
        } else if (step instanceof Step.Sleep sleep) {
            duration(sleep.duration(), scope, false);
        } else if (step instanceof Step.Await await) {
            duration(await.timeout(), scope, true);
            condition(await.condition());
        } else if (step instanceof Step.Heal heal) {
            String target = heal.target().value();
            if (!target.equals("all") && !faultNames.contains(target)) {
                throw heal.target()
                        .place()
                        .wrong("no fault before this step is named \"" + target
                                + "\"; heal all, or give the step that sets it this name");
            }
        } else if (step instanceof Step.Repeat repeat) {
            duration(repeat.every(), scope, false);
            steps(repeat.steps(), scope);
        } else if (step instanceof Step.Parallel parallel) {
            parallel.branches().forEach(branch -> steps(branch, scope));
        }
    }

    private void fault(Step.Inject inject, Map<String, String> values) {
        try {
            Fault fault = FaultSyntax.parse(Picks.substitute(inject.fault().value(), values));
            Fault unused = fault.resolve(topology);
            if (fault instanceof Fault.Restart && inject.duration() != null) {
                throw new FaultException("a restart happens at once; \"for\" means nothing here");
            }
        } catch (FaultException e) {
            throw inject.fault().place().wrong(String.valueOf(e.getMessage()));
        }
    }

    private void condition(Step.Condition condition) {
        try {
            if (condition.kind() == Step.Condition.Kind.LEADER) {
                List<String> unused = topology.resolve("leader:" + condition.members());
            } else if (!condition.members().isEmpty()) {
                List<String> unused = topology.resolveProcesses(List.of(condition.members()));
            }
        } catch (FaultException e) {
            throw condition.place().wrong(String.valueOf(e.getMessage()));
        }
    }

    private static void duration(@Nullable Text text, List<Map<String, String>> scope, boolean positive) {
        if (text == null) {
            return;
        }
        for (Map<String, String> values : scope) {
            try {
                Range range = Range.of(Picks.substitute(text.value(), values));
                if (positive && range.low().isZero()) {
                    throw new FaultException("must be longer than nothing");
                }
            } catch (FaultException e) {
                throw text.place().wrong(String.valueOf(e.getMessage()));
            }
        }
    }
}
