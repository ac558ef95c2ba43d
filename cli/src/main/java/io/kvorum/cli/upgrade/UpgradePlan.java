package io.kvorum.cli.upgrade;

import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.cluster.Release;
import io.kvorum.cli.cluster.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps of an upgrade, in order. Pure. */
public final class UpgradePlan {
    private UpgradePlan() {}

    /** What is done in one step; each may be repeated. */
    public enum Kind {
        /** All processes of a control-plane role, one at a time. */
        RESTART_ROLE,
        ADD_GROUP,
        CORDON_GROUP,
        /** One node at a time, waiting for its pods elsewhere. */
        DRAIN_GROUP,
        REMOVE_GROUP,
        COMMIT
    }

    /**
     * One step.
     *
     * @param subject a role's id or a group's name
     * @param title as users read it
     */
    public record Step(Kind kind, String subject, String title) {}

    /**
     * A new upgrade of {@code spec} to {@code to}.
     *
     * @param group name of the new node group; null: green after blue, blue after green, else after the version
     * @param nodes how many nodes it gets; null: as many as go
     */
    public static UpgradeState plan(ClusterSpec spec, Release to, @Nullable String group, @Nullable Integer nodes) {
        VersionSkew.checkStep(spec.release(), to);
        List<UpgradeState.Group> source = spec.groups().stream()
                .filter(each -> !each.release().equals(to))
                .map(each -> new UpgradeState.Group(
                        each.name(), each.release(), each.members().size()))
                .toList();
        if (source.isEmpty() && spec.release().equals(to) && spec.pinned().isEmpty()) {
            throw new CommandFailure("the cluster is at " + to + " already", 1);
        }
        int going = source.stream().mapToInt(UpgradeState.Group::nodes).sum();
        String name = group == null ? freeName(spec, to) : group;
        spec.group(name).filter(each -> !each.release().equals(to)).ifPresent(each -> {
            throw new CommandFailure(
                    "node group \"" + name + "\" exists at " + each.release()
                            + "; choose another name for the new nodes with --group",
                    1);
        });
        return UpgradeState.forward(
                spec.release(), to, source, new UpgradeState.Group(name, to, nodes == null ? going : nodes));
    }

    private static String freeName(ClusterSpec spec, Release to) {
        for (NodeGroup each : spec.groups()) {
            if (each.release().equals(to)) {
                return each.name();
            }
        }
        for (String name : List.of("green", NodeGroup.DEFAULT, to.version().replace('.', '-'))) {
            if (spec.group(name).isEmpty()) {
                return name;
            }
        }
        throw new CommandFailure("no name is free for the new node group; choose one with --group", 2);
    }

    /** The steps that lead to the state's end, whatever has been done of them. */
    public static List<Step> steps(ClusterSpec spec, UpgradeState state) {
        List<Role> roles = new ArrayList<>(Arrays.stream(Role.values())
                .filter(role -> !role.onNode() && spec.count(role) > 0)
                .toList());
        if (!state.controlPlaneFirst()) {
            Collections.reverse(roles);
        }
        List<Step> controlPlane = roles.stream()
                .map(role -> new Step(
                        Kind.RESTART_ROLE,
                        role.id(),
                        "restart " + role.id() + (spec.count(role) == 1 ? "" : "s, one at a time,") + " at "
                                + state.to().version()))
                .toList();
        List<Step> steps = new ArrayList<>();
        if (state.controlPlaneFirst()) {
            steps.addAll(controlPlane);
        }
        for (UpgradeState.Group group : state.target()) {
            steps.add(new Step(
                    Kind.ADD_GROUP,
                    group.name(),
                    "node group " + group.name() + " with " + group.nodes() + (group.nodes() == 1 ? " node" : " nodes")
                            + " at " + group.release().version()));
        }
        for (UpgradeState.Group group : state.source()) {
            steps.add(new Step(Kind.CORDON_GROUP, group.name(), "cordon and taint the nodes of group " + group.name()));
        }
        for (UpgradeState.Group group : state.source()) {
            steps.add(new Step(
                    Kind.DRAIN_GROUP, group.name(), "drain the nodes of group " + group.name() + ", one at a time"));
        }
        for (UpgradeState.Group group : state.source()) {
            steps.add(new Step(Kind.REMOVE_GROUP, group.name(), "remove node group " + group.name()));
        }
        if (!state.controlPlaneFirst()) {
            steps.addAll(controlPlane);
        }
        steps.add(new Step(Kind.COMMIT, "", "the cluster is at " + state.to().version()));
        return steps;
    }
}
