package io.kvorum.cli.upgrade;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Release;

/** Kubernetes' version skew policy, as far as it concerns this command. Pure. */
public final class VersionSkew {
    /** A kubelet may be up to three minor versions older than the API servers. */
    private static final int OLDEST_KUBELET = 3;

    private VersionSkew() {}

    /** A kubelet is never newer than the API servers, and not much older. */
    public static void checkNodes(Release nodes, Release controlPlane) {
        if (nodes.compareVersion(controlPlane) > 0) {
            throw new CommandFailure(
                    "nodes at " + nodes.version() + " would be newer than the control plane at "
                            + controlPlane.version() + "; upgrade that first: kvorum upgrade --to " + nodes.version(),
                    1);
        }
        if (controlPlane.minorsAhead(nodes) > OLDEST_KUBELET) {
            throw new CommandFailure(
                    "nodes at " + nodes.version() + " are more than three minor versions older than the control plane"
                            + " at " + controlPlane.version(),
                    1);
        }
    }

    /** A control plane goes one minor version at a time, forward or back. */
    public static void checkStep(Release from, Release to) {
        if (Math.abs(to.minorsAhead(from)) > 1) {
            throw new CommandFailure(
                    "from " + from.version() + " to " + to.version()
                            + " is more than one minor version; go one at a time",
                    1);
        }
    }
}
