package io.kvorum.faults;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The members of a cluster at one moment, and the names by which faults speak of them. */
public record Topology(List<Member> members) {
    /**
     * Resolves a comma-separated expression: a component ({@code store-0}), a node ({@code node-1} or {@code
     * node:node-1}: its kubelet and kube-proxy), a role ({@code role:store}) or the leader of one ({@code leader:store}).
     *
     * @return member names, in the order given, without repetition
     * @throws FaultException if a part names nothing
     */
    public List<String> resolve(String expression) {
        Set<String> names = new LinkedHashSet<>();
        for (String part : expression.split(",")) {
            String term = part.strip();
            if (term.isEmpty()) {
                continue;
            }
            List<String> found = matching(term);
            if (found.isEmpty()) {
                throw new FaultException("nothing is named \"" + term + "\"; known: " + known());
            }
            names.addAll(found);
        }
        if (names.isEmpty()) {
            throw new FaultException("a component, node or role:ROLE is needed; known: " + known());
        }
        return List.copyOf(names);
    }

    /** All members that {@code names} leaves out. */
    public List<String> rest(List<String> names) {
        return members.stream()
                .map(Member::name)
                .filter(name -> !names.contains(name))
                .toList();
    }

    public Member member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new FaultException("nothing is named \"" + name + "\"; known: " + known()));
    }

    private List<String> matching(String term) {
        int colon = term.indexOf(':');
        String kind = colon < 0 ? "" : term.substring(0, colon);
        String value = term.substring(colon + 1);
        return members.stream()
                .filter(member -> switch (kind) {
                    case "" -> member.name().equals(value) || member.node().equals(value);
                    case "role" -> member.role().equals(value);
                    case "leader" -> member.role().equals(value) && member.leader();
                    case "node" -> member.node().equals(value);
                    default -> false;
                })
                .map(Member::name)
                .toList();
    }

    private String known() {
        Set<String> names = new TreeSet<>();
        for (Member member : members) {
            names.add(member.name());
            if (!member.node().isEmpty()) {
                names.add(member.node());
            }
        }
        return String.join(", ", names);
    }
}
