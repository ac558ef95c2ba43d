package io.kvorum.store.server;

import io.kvorum.component.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The members of the group, from {@code --name} and {@code --initial-members}.
 *
 * @param all all members, the same list in every process
 * @param here those that live in this process; the first one's state is read and watched
 */
record MemberNames(List<String> all, List<String> here) {
    private static final Pattern NUMBERED = Pattern.compile("(.*-)(\\d+)");

    private static final int MOST_NUMBERED = 99;

    /** A lone member could not tell a lost disk from a new cluster, nor elect itself: so one process then holds three. */
    private static final int IN_ONE_PROCESS = 3;

    /**
     * @param initialMembers a number n of processes, named as this one is with numbers from 0 on; or their names,
     *     separated by commas
     */
    static MemberNames of(String name, String initialMembers) {
        List<String> processes = processes(name, initialMembers);
        if (!processes.contains(name)) {
            throw new UsageException(
                    "--initial-members: " + initialMembers + " does not include this process, " + name);
        }
        if (processes.size() == 1) {
            List<String> members = IntStream.range(0, IN_ONE_PROCESS)
                    .mapToObj(i -> i == 0 ? name : name + "." + i)
                    .toList();
            return new MemberNames(members, members);
        }
        if (processes.size() % 2 == 0) {
            throw new UsageException(
                    "--initial-members: " + processes.size() + " members tolerate no more lost members than "
                            + (processes.size() - 1) + "; choose an odd number");
        }
        return new MemberNames(processes, List.of(name));
    }

    /** The names of all processes that are, or may one day be, members: of a numbered one those with other numbers. */
    List<String> known() {
        Matcher numbered = NUMBERED.matcher(here.get(0));
        if (here.size() > 1 || !numbered.matches()) {
            return all;
        }
        Set<String> known = new LinkedHashSet<>(all);
        IntStream.range(0, MOST_NUMBERED).forEach(i -> known.add(numbered.group(1) + i));
        return List.copyOf(known);
    }

    private static List<String> processes(String name, String initialMembers) {
        if (!initialMembers.matches("\\d{1,2}")) {
            return List.of(initialMembers.split(","));
        }
        int count = Integer.parseInt(initialMembers);
        if (count == 1) {
            return List.of(name);
        }
        Matcher numbered = NUMBERED.matcher(name);
        if (!numbered.matches()) {
            throw new UsageException("--name: " + name
                    + " must end in a number, as in store-0, or --initial-members must list the names of all members");
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(numbered.group(1) + i);
        }
        return names;
    }
}
