package io.kvorum.faults;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The members of a cluster at one moment, and the names by which faults speak of them. */
public record Topology(List<Member> members) {
    /**
     * Resolves a comma-separated expression: a component ({@code store-0}), a node ({@code node-1} or {@code
     * node:node-1}: its kubelet, its kube-proxy and its pods), the pods of a node ({@code pods:node-1}), a role ({@code
     * role:store}), the leader of one ({@code leader:store}), or {@code clients}.
     *
     * @return member names, in the order given, without repetition
     * @throws FaultException if a part names nothing
     */
    public List<String> resolve(String expression) {
        Set<String> names = new LinkedHashSet<>();
        for (String part : expression.split(",")) {
            String term = part.strip();
            if (!term.isEmpty()) {
                names.addAll(matching(term));
            }
        }
        if (names.isEmpty()) {
            throw new FaultException("a component, node or role:ROLE is needed; known: " + known());
        }
        return List.copyOf(names);
    }

    /** {@link #resolve(String)} of all expressions together. */
    public List<String> resolve(List<String> expressions) {
        return resolve(String.join(",", expressions));
    }

    /**
     * The processes among what the expressions name; a node's pods are left out.
     *
     * @throws FaultException if one names nothing, or nothing that is a process
     */
    public List<String> resolveProcesses(List<String> expressions) {
        List<String> names = resolve(expressions);
        List<String> processes =
                names.stream().filter(name -> member(name).process()).toList();
        for (String term : String.join(",", expressions).split(",")) {
            Member named = find(term.strip());
            if (named != null && !named.process()) {
                throw new FaultException(named.name() + " is not a process of the cluster; this needs a component");
            }
        }
        return processes;
    }

    /** All members that {@code names} leaves out, clients not counted. */
    public List<String> rest(List<String> names) {
        return members.stream()
                .filter(member -> !member.role().equals(Member.CLIENTS))
                .map(Member::name)
                .filter(name -> !names.contains(name))
                .toList();
    }

    public Member member(String name) {
        Member found = find(name);
        if (found == null) {
            throw new FaultException("nothing is named \"" + name + "\"; known: " + known());
        }
        return found;
    }

    private @Nullable Member find(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private List<String> matching(String term) {
        int colon = term.indexOf(':');
        String kind = colon < 0 ? "" : term.substring(0, colon);
        String value = term.substring(colon + 1);
        List<String> found = members.stream()
                .filter(member -> switch (kind) {
                    case "" -> member.name().equals(value) || member.node().equals(value);
                    case "role" -> member.role().equals(value);
                    case "leader" -> member.role().equals(value) && member.leader();
                    case "node" -> member.node().equals(value);
                    default -> member.name().equals(term);
                })
                .map(Member::name)
                .toList();
        if (found.isEmpty()) {
            boolean leaderless = kind.equals("leader")
                    && members.stream().anyMatch(member -> member.role().equals(value));
            throw new FaultException(
                    leaderless
                            ? "role " + value + " has no leader at the moment; see kvorum status"
                            : "nothing is named \"" + term + "\"; known: " + known());
        }
        return found;
    }

    private String known() {
        Set<String> names = new TreeSet<>();
        Set<String> roles = new TreeSet<>();
        for (Member member : members) {
            names.add(member.name());
            if (!member.node().isEmpty()) {
                names.add(member.node());
            }
            if (member.process()) {
                roles.add("role:" + member.role());
            }
        }
        names.addAll(roles);
        return String.join(", ", names);
    }
}
