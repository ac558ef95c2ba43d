package io.kvorum.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Derives from a fault what each process is asked. Pure.
 *
 * <p>Where both ends of a link are processes, each holds up what it sends and, for cuts, does not read either. Where one
 * end is none (clients, pods), the process at the other end holds up both directions.
 */
public final class Instructions {
    private final Topology topology;
    private final List<Instruction> all = new ArrayList<>();

    private Instructions(Topology topology) {
        this.topology = topology;
    }

    /**
     * The instructions of a resolved fault.
     *
     * @param lasting whether it lasts, although its kind may happen once
     */
    public static List<Instruction> of(Fault fault, boolean lasting, Topology topology) {
        Instructions instructions = new Instructions(topology);
        instructions.add(fault, lasting);
        return List.copyOf(instructions.all);
    }

    private void add(Fault fault, boolean lasting) {
        if (fault instanceof Fault.Partition partition) {
            partition(partition);
        } else if (fault instanceof Fault.Cut cut) {
            Consumer<ObjectNode> effect = rule -> rule.put("cut", true);
            rules(cut.link().one(), "out", cut.link().other(), effect);
            rules(cut.link().other(), "in", cut.link().one(), effect);
        } else if (fault instanceof Fault.Delay delay) {
            slow(
                    delay.link(),
                    rule -> rule.put("delayMillis", delay.delay().toMillis())
                            .put("jitterMillis", delay.jitter().toMillis()));
        } else if (fault instanceof Fault.Rate rate) {
            slow(rate.link(), rule -> rule.put("rateBytesPerSecond", rate.bytesPerSecond()));
        } else if (fault instanceof Fault.Loss loss) {
            slow(loss.link(), rule -> rule.put("lossPercent", loss.percent()));
        } else if (fault instanceof Fault.Reset reset) {
            reset(reset.link(), lasting);
        } else if (fault instanceof Fault.Refuse refuse) {
            refuse(refuse.link());
        } else if (fault instanceof Fault.HalfOpen halfOpen) {
            rules(
                    halfOpen.link().one(),
                    "both",
                    halfOpen.link().other(),
                    rule -> rule.putArray("breaking").add("half-open"));
            once(halfOpen.link().other(), halfOpen.link().one(), true);
        } else if (fault instanceof Fault.Skew skew) {
            for (String member : skew.members()) {
                ObjectNode set =
                        request("clock.skew").put("offsetMillis", skew.offset().toMillis());
                all.add(new Instruction(member, set, "clock.clear", false));
            }
        } else if (fault instanceof Fault.Disk disk) {
            for (String member : disk.members()) {
                ObjectNode set = request("disk.set")
                        .put("latencyMillis", disk.latency().toMillis())
                        .put("fail", disk.failure().word())
                        .put("failPercent", disk.percent());
                all.add(new Instruction(member, set, "disk.clear", false));
            }
        }
    }

    private void partition(Fault.Partition partition) {
        for (List<String> group : partition.groups()) {
            List<String> others = partition.groups().stream()
                    .filter(other -> other != group)
                    .flatMap(List::stream)
                    .toList();
            rules(group, "both", others, rule -> rule.put("cut", true));
        }
    }

    /** Only senders hold up: a receiver that waited as well would double it. */
    private void slow(Fault.Link link, Consumer<ObjectNode> effect) {
        slowOneWay(link.one(), link.other(), effect);
        if (!link.oneWay()) {
            List<String> rest = without(link.other(), link.one());
            slowOneWay(rest, link.one(), effect);
            // Members on both sides have their rule towards the other side already.
            List<String> onlyOne = without(link.one(), link.other());
            slowOneWay(intersection(link.other(), link.one()), onlyOne, effect);
        }
    }

    private void slowOneWay(List<String> senders, List<String> receivers, Consumer<ObjectNode> effect) {
        rules(senders, "out", receivers, effect);
        List<String> unhooked = senders.stream()
                .filter(name -> !topology.member(name).process())
                .toList();
        if (!unhooked.isEmpty()) {
            rules(receivers, "in", unhooked, effect);
        }
    }

    private void reset(Fault.Link link, boolean lasting) {
        if (lasting) {
            Consumer<ObjectNode> effect = rule -> rule.putArray("breaking").add("reset");
            rules(link.one(), "both", link.other(), effect);
            rules(without(link.other(), link.one()), "both", link.one(), effect);
        } else {
            once(link.one(), link.other(), false);
            once(without(link.other(), link.one()), link.one(), false);
        }
    }

    private void refuse(Fault.Link link) {
        Consumer<ObjectNode> effect = rule -> rule.putArray("breaking").add("refuse");
        rules(link.one(), link.oneWay() ? "out" : "both", link.other(), effect);
        rules(link.other(), link.oneWay() ? "in" : "both", link.one(), effect);
    }

    private void once(List<String> members, List<String> peers, boolean late) {
        for (String member : members) {
            ObjectNode set = request("fault.reset");
            if (topology.member(member).process() && peers(set, member, peers)) {
                all.add(new Instruction(member, set, null, late));
            }
        }
    }

    private void rules(List<String> members, String direction, List<String> peers, Consumer<ObjectNode> effect) {
        for (String member : members) {
            ObjectNode set = request("fault.set").put("direction", direction);
            if (topology.member(member).process() && peers(set, member, peers)) {
                effect.accept(set);
                all.add(new Instruction(member, set, "fault.clear", false));
            }
        }
    }

    /** Adds the addresses of the peers that are not the member itself; false if there are none. */
    private boolean peers(ObjectNode set, String member, List<String> names) {
        ArrayNode peers = set.putArray("peers");
        names.stream()
                .filter(name -> !name.equals(member))
                .map(name -> topology.member(name).address())
                .distinct()
                .forEach(peers::add);
        return !peers.isEmpty();
    }

    private static List<String> without(List<String> names, List<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    private static List<String> intersection(List<String> names, List<String> others) {
        return names.stream().filter(others::contains).toList();
    }

    private static ObjectNode request(String op) {
        return JsonNodeFactory.instance.objectNode().put("op", op);
    }
}
