package io.kvorum.kubelet.pods;

import io.kvorum.kubelet.runtime.ContainerLaunch;
import io.kvorum.kubelet.runtime.ContainerRecord;
import io.kvorum.kubelet.runtime.PodRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an ephemeral container sees of its target. Where processes have namespaces it shares the target's; here, where all
 * see all, the target's main process appears as {@code proc/1} below the container's working folder, with the target's
 * own folder as its {@code root}.
 *
 * @param mounts for the launch of the container that looks
 * @param variables for its environment
 */
record ProcessView(List<ContainerLaunch.Mount> mounts, Map<String, String> variables) {
    private static final List<String> FILES =
            List.of("cmdline", "cwd", "environ", "exe", "fd", "limits", "maps", "stat", "status");

    static ProcessView of(ContainerRecord target, PodRuntime runtime) {
        Path root = runtime.root(target.id());
        Path process = Path.of("/proc", Long.toString(target.pid()));
        List<ContainerLaunch.Mount> mounts = new ArrayList<>();
        for (String file : FILES) {
            mounts.add(new ContainerLaunch.Mount(process.resolve(file), "/proc/1/" + file));
        }
        mounts.add(new ContainerLaunch.Mount(root, "/proc/1/root"));
        return new ProcessView(
                List.copyOf(mounts),
                Map.of("KVORUM_TARGET_PID", Long.toString(target.pid()), "KVORUM_TARGET_ROOT", root.toString()));
    }
}
