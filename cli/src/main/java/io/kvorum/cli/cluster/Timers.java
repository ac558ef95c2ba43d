package io.kvorum.cli.cluster;

import java.util.List;

/** The clocks that make faults slow to watch: {@code lab} shortens them, {@code kubernetes} leaves upstream's defaults. */
final class Timers {
    private Timers() {}

    static List<String> flags(ClusterSpec spec, Role role) {
        if (spec.timers().equals("kubernetes")) {
            return List.of();
        }
        return switch (role) {
            case APISERVER ->
                List.of(
                        "--default-not-ready-toleration-seconds=1",
                        "--default-unreachable-toleration-seconds=1",
                        // A lone server would only write more often.
                        "--endpoint-lease-duration=" + (spec.count(Role.APISERVER) > 1 ? "6s" : "15s"));
            case SCHEDULER, GATEWAY ->
                List.of(
                        "--leader-elect-lease-duration=5s",
                        "--leader-elect-renew-deadline=3s",
                        "--leader-elect-retry-period=1s");
            case CONTROLLER_MANAGER ->
                List.of(
                        "--leader-elect-lease-duration=5s",
                        "--leader-elect-renew-deadline=3s",
                        "--leader-elect-retry-period=1s",
                        "--node-monitor-period=1s",
                        "--node-monitor-grace-period=5s",
                        "--node-eviction-rate=1");
            case KUBELET -> List.of("--node-status-update-frequency=2s", "--node-lease-duration-seconds=6");
            default -> List.of();
        };
    }
}
