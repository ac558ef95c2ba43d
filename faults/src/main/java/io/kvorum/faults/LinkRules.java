package io.kvorum.faults;

import java.util.ArrayList;
import java.util.List;

/** Derives from a fault the rules that each member's process installs. Pure. */
public final class LinkRules {
    private LinkRules() {}

    /**
     * One rule for one member.
     *
     * @param member whose process installs it
     * @param direction {@code in}, {@code out} or {@code both}, seen from the member
     * @param peers names of the members at the other end
     * @param cut whether nothing passes; otherwise it is delayed
     */
    public record Rule(
            String member, String direction, List<String> peers, boolean cut, long delayMillis, long jitterMillis) {}

    /** The rules of a fault on links; empty for faults on processes. */
    public static List<Rule> of(Fault fault) {
        List<Rule> rules = new ArrayList<>();
        if (fault instanceof Fault.Partition partition) {
            for (List<String> group : partition.groups()) {
                List<String> others = partition.groups().stream()
                        .filter(other -> other != group)
                        .flatMap(List::stream)
                        .filter(name -> !group.contains(name))
                        .toList();
                for (String member : group) {
                    rules.add(new Rule(member, "both", others, true, 0, 0));
                }
            }
        } else if (fault instanceof Fault.Cut cut) {
            for (String member : cut.from()) {
                rules.add(new Rule(member, "out", without(cut.to(), member), true, 0, 0));
            }
            for (String member : cut.to()) {
                rules.add(new Rule(member, "in", without(cut.from(), member), true, 0, 0));
            }
        } else if (fault instanceof Fault.Delay delay) {
            // Only senders delay: a receiver that waited as well would double it.
            for (String member : delay.one()) {
                rules.add(new Rule(
                        member,
                        "out",
                        without(delay.other(), member),
                        false,
                        delay.delayMillis(),
                        delay.jitterMillis()));
            }
            for (String member : delay.other()) {
                if (!delay.one().contains(member)) {
                    rules.add(new Rule(
                            member,
                            "out",
                            without(delay.one(), member),
                            false,
                            delay.delayMillis(),
                            delay.jitterMillis()));
                }
            }
        }
        return rules.stream().filter(rule -> !rule.peers().isEmpty()).toList();
    }

    private static List<String> without(List<String> names, String name) {
        return names.stream().filter(other -> !other.equals(name)).toList();
    }
}
