package io.kvorum.cli.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is a member of a store that runs, and how that changes. Blocking. */
public final class Membership {
    private static final Duration CHANGE = Duration.ofSeconds(15);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS = 200;

    private final StoreMembers store;

    public Membership(StoreMembers store) {
        this.store = store;
    }

    /** What is wrong with the members, other than {@code but}; empty when all answer, know the leader and have all. */
    public List<String> ailing(String but) {
        List<String> ailing = new ArrayList<>();
        for (Instance member : store.instances()) {
            if (!member.name().equals(but)) {
                String problem = problem(member);
                if (problem != null) {
                    ailing.add(member.name() + " " + problem);
                }
            }
        }
        return ailing;
    }

    private @Nullable String problem(Instance member) {
        try {
            ObjectNode status = store.status(member);
            if (!status.hasNonNull("leader")) {
                return "knows no leader";
            }
            return status.path("filling").asBoolean() ? "is still being filled" : null;
        } catch (IOException e) {
            return "does not answer: " + e.getMessage();
        }
    }

    /** Waits until all have all; a {@link CommandFailure} says who has not after a minute. */
    public void awaitWell() throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (List<String> ailing = ailing(""); !ailing.isEmpty(); ailing = ailing("")) {
            if (System.nanoTime() - deadline > 0) {
                throw new CommandFailure(String.join("; ", ailing), 1);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** The members as the leader knows them. */
    public List<String> members() throws IOException {
        List<String> members = new ArrayList<>();
        store.status(leader()).path("members").forEach(name -> members.add(name.asText()));
        return members;
    }

    private Instance leader() throws IOException {
        for (Instance member : store.instances()) {
            try {
                if (store.status(member).path("isLeader").asBoolean()) {
                    return member;
                }
            } catch (IOException e) {
                // The next one may be the leader.
            }
        }
        throw new IOException("no member leads");
    }

    /** Makes a process a member, or a member none; repeated while the lead changes hands. */
    public void change(String member, boolean add) throws InterruptedException {
        ObjectNode request = ControlSocket.request(add ? "store.members.add" : "store.members.remove")
                .put("member", member);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                if (members().contains(member) != add) {
                    ObjectNode unused = store.ask(leader(), request, CHANGE);
                }
                return;
            } catch (IOException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new CommandFailure(String.valueOf(e.getMessage()), 1);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }
}
