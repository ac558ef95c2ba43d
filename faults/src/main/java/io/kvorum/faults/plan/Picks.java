package io.kvorum.faults.plan;

import io.kvorum.faults.FaultException;
import io.kvorum.faults.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws values by the seed and the place they are drawn for, so that no draw depends on another or on what happens. Pure.
 *
 * @param topology whose members are drawn from; leaders stay expressions, which are resolved when the fault is made
 */
record Picks(long seed, Topology topology) {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** @param where path and round: {@code steps[2]#3.for} */
    RandomGenerator random(String where) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < where.length(); i++) {
            hash = (hash ^ where.charAt(i)) * FNV_PRIME;
        }
        return new SplittableRandom(seed ^ hash);
    }

    /** What {@code terms} stand for: roles for each member, {@code nodes} for each node, all else for itself. */
    List<String> candidates(Pick.Members pick) {
        LinkedHashSet<String> all = new LinkedHashSet<>();
        for (String term : pick.from()) {
            if (term.startsWith("role:")) {
                all.addAll(topology.resolve(term));
            } else if (term.equals("nodes")) {
                TreeSet<String> nodes = new TreeSet<>();
                topology.members().forEach(member -> nodes.add(member.node()));
                nodes.remove("");
                all.addAll(nodes);
            } else {
                all.add(term);
            }
        }
        if (all.size() < pick.count()) {
            throw pick.place()
                    .wrong("cannot pick " + pick.count() + " of " + all.size() + ": " + String.join(", ", all));
        }
        return List.copyOf(all);
    }

    String draw(Pick pick, String where) {
        RandomGenerator random = random(where);
        if (pick instanceof Pick.Between between) {
            long amount = random.nextLong(between.low().amount(), between.high().amount() + 1);
            return new Pick.Bound(amount, between.low().unit()).text();
        }
        Pick.Members members = (Pick.Members) pick;
        List<String> left = new ArrayList<>(candidates(members));
        List<String> drawn = new ArrayList<>();
        for (int i = 0; i < members.count(); i++) {
            drawn.add(left.remove(random.nextInt(left.size())));
        }
        return String.join(",", drawn);
    }

    /** Draws all of {@code picks} and adds them to those of the surrounding steps. */
    Map<String, String> draw(Map<String, Pick> picks, Map<String, String> outer, String where) {
        if (picks.isEmpty()) {
            return outer;
        }
        Map<String, String> all = new LinkedHashMap<>(outer);
        picks.forEach((name, pick) -> all.put(name, draw(pick, where + ".pick." + name)));
        return all;
    }

    /**
     * Puts values in place of {@code ${name}}.
     *
     * @throws FaultException for a name without a value
     */
    static String substitute(String text, Map<String, String> values) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder result = new StringBuilder();
        while (matcher.find()) {
            String value = values.get(matcher.group(1));
            if (value == null) {
                throw new FaultException(
                        "\"" + matcher.group() + "\" is not picked anywhere around this step; there are "
                                + (values.isEmpty() ? "no variables" : String.join(", ", values.keySet())));
            }
            matcher.appendReplacement(result, Matcher.quoteReplacement(value));
        }
        matcher.appendTail(result);
        return result.toString();
    }
}
