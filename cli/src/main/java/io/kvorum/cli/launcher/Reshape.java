package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.cluster.Release;
import io.kvorum.cli.cluster.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/**
 * Changes of the specification while the cluster runs: releases, node groups, nodes, store members. What was decided is in the file
 * before anything is started or stopped, so that a launcher that dies goes on where it was. Every operation may be
 * repeated. Runs on the loop.
 */
final class Reshape {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClusterFolder folder;
    private final Supervisor supervisor;

    Reshape(ClusterFolder folder, Supervisor supervisor) {
        this.folder = folder;
        this.supervisor = supervisor;
    }

    /** Whether {@code op} is one of these. */
    static boolean knows(String op) {
        return op.startsWith("release.")
                || op.startsWith("group.")
                || op.startsWith("node.")
                || op.startsWith("store.");
    }

    /** Completes when what was to stop has stopped; what was to start has only been started. */
    CompletableFuture<ObjectNode> answer(String op, ObjectNode request) {
        ClusterSpec spec = supervisor.spec();
        CompletableFuture<?> done = switch (op) {
            case "release.restart" -> restart(spec, request.path("component").asText(), release(request));
            case "release.commit" -> {
                save(spec.withRelease(release(request)));
                yield CompletableFuture.completedFuture(null);
            }
            case "group.add" ->
                resize(
                        spec,
                        request.path("group").asText(),
                        release(request),
                        request.path("nodes").asInt());
            case "group.remove" -> {
                String group = request.path("group").asText();
                known(spec, group);
                yield converge(spec.withoutGroup(group));
            }
            case "store.resize" ->
                converge(spec.withCount(Role.STORE, request.path("count").asInt()));
            case "store.replace" ->
                supervisor.replace(supervisor.process(request.path("component").asText()));
            case "node.remove" -> {
                String node = request.path("node").asText();
                if (spec.groupOf(node).isEmpty()) {
                    throw new IllegalArgumentException("no node is named \"" + node + "\"; known: " + nodes(spec));
                }
                yield converge(spec.withoutNode(node));
            }
            default -> throw new IllegalArgumentException("unknown op \"" + op + "\"");
        };
        return done.thenApply(gone -> JSON.createObjectNode());
    }

    private static String nodes(ClusterSpec spec) {
        return String.join(
                ", ", spec.members().stream().map(NodeGroup.Member::node).toList());
    }

    private static void known(ClusterSpec spec, String group) {
        if (spec.group(group).isEmpty()) {
            throw new IllegalArgumentException("no node group is named \"" + group + "\"; known: "
                    + String.join(
                            ", ", spec.groups().stream().map(NodeGroup::name).toList()));
        }
        if (spec.groups().size() == 1) {
            throw new IllegalArgumentException(
                    "\"" + group + "\" is the only node group; add another first, or take the cluster down");
        }
    }

    private static Release release(ObjectNode request) {
        try {
            Release release = new Release(
                    request.path("version").asText(), request.path("dist").asText());
            JavaCommand.check(release);
            return release;
        } catch (CommandFailure refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
    }

    private CompletableFuture<?> restart(ClusterSpec spec, String component, Release release) {
        ManagedProcess process = supervisor.process(component);
        save(spec.withPinned(component, release));
        return supervisor.restart(process);
    }

    private CompletableFuture<?> resize(ClusterSpec spec, String group, Release release, int size) {
        int now = spec.group(group).map(each -> each.members().size()).orElse(0);
        int most = AddressPlan.MOST_NODES - spec.nodes() + now;
        if (size < 0 || size > most) {
            throw new IllegalArgumentException("group \"" + group + "\" can have from 0 to " + most + " nodes");
        }
        ClusterSpec next;
        try {
            next = spec.withGroup(group, release, size);
        } catch (CommandFailure refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
        next.group(group).filter(made -> !made.release().equals(release)).ifPresent(made -> {
            throw new IllegalArgumentException("node group \"" + group + "\" exists at " + made.release()
                    + "; choose another name for nodes at " + release);
        });
        return converge(next);
    }

    private CompletableFuture<?> converge(ClusterSpec next) {
        save(next);
        return supervisor.converge(next);
    }

    private void save(ClusterSpec next) {
        try {
            ClusterCertificates.issue(next, folder);
            next.write(folder.spec());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        supervisor.adopt(next);
    }
}
