package io.kvorum.cli.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Nodes of one release. The first group of a cluster is {@value #DEFAULT}, whose nodes are named {@code node-1} on; those
 * of another group carry its name: {@code green-1}.
 *
 * @param members in the order of their numbers
 */
public record NodeGroup(String name, Release release, List<Member> members) {
    public static final String DEFAULT = "blue";
    /** The label that every node has: the name of its group. */
    public static final String LABEL = "kvorum.io/node-group";

    /**
     * One node.
     *
     * @param slot the place of its addresses, from 0; no two nodes of a cluster share one
     */
    public record Member(String node, int slot) {}

    public NodeGroup {
        if (!name.matches("[a-z]([-a-z0-9]{0,18}[a-z0-9])?") || name.equals("node")) {
            throw new CommandFailure(
                    "\"" + name + "\" is no name for a node group: 1 to 20 lower-case letters, digits or '-', beginning"
                            + " with a letter, and not \"node\"",
                    2);
        }
        members = List.copyOf(members);
    }

    private String prefix() {
        return (name.equals(DEFAULT) ? "node" : name) + "-";
    }

    private int number(Member member) {
        return Integer.parseInt(member.node().substring(prefix().length()));
    }

    /**
     * The same with {@code count} nodes: the ones with the highest numbers go, the lowest free numbers come.
     *
     * @param taken slots of all nodes of the cluster, this group's own included
     */
    NodeGroup resized(int count, Set<Integer> taken) {
        List<Member> next = new ArrayList<>(members.subList(0, Math.min(count, members.size())));
        Set<Integer> busy = new TreeSet<>(taken);
        Set<Integer> numbers = new TreeSet<>();
        next.forEach(member -> numbers.add(number(member)));
        while (next.size() < count) {
            int slot = lowestFree(0, busy);
            int number = lowestFree(1, numbers);
            next.add(new Member(prefix() + number, slot));
            busy.add(slot);
            numbers.add(number);
        }
        next.sort(Comparator.comparingInt(this::number));
        return new NodeGroup(name, release, next);
    }

    private static int lowestFree(int from, Set<Integer> taken) {
        int free = from;
        while (taken.contains(free)) {
            free++;
        }
        return free;
    }

    /** The same without one of its nodes. */
    NodeGroup without(String node) {
        return new NodeGroup(
                name,
                release,
                members.stream().filter(member -> !member.node().equals(node)).toList());
    }
}
