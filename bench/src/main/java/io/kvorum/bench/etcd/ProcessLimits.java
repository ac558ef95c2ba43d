package io.kvorum.bench.etcd;

import java.util.concurrent.TimeUnit;

/** How processes are ended: asked first, then killed, always waited for. */
final class ProcessLimits {
    private static final long ASKED_SECONDS = 10;

    private ProcessLimits() {}

    /** Ends a process; it is reaped when this returns. An interrupt kills it at once and is kept. */
    static void end(Process process) {
        process.destroy();
        try {
            if (process.waitFor(ASKED_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill(process);
    }

    /** SIGKILL; returns when the process is gone. */
    static void kill(Process process) {
        process.destroyForcibly().onExit().join();
    }
}
