package io.kvorum.kubelet.streaming;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.kvorum.client.KubernetesJson;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** How a command ended, as its error stream says it. */
final class Outcome {
    private Outcome() {}

    static Status success() {
        return new StatusBuilder()
                .withNewMetadata()
                .endMetadata()
                .withStatus("Success")
                .build();
    }

    static Status exited(int code) {
        if (code == 0) {
            return success();
        }
        return new StatusBuilder()
                .withNewMetadata()
                .endMetadata()
                .withStatus("Failure")
                .withMessage("command terminated with non-zero exit code: exit status " + code)
                .withReason("NonZeroExitCode")
                .withNewDetails()
                .addNewCause()
                .withReason("ExitCode")
                .withMessage(Integer.toString(code))
                .endCause()
                .endDetails()
                .build();
    }

    static Status failed(String message) {
        return new StatusBuilder()
                .withNewMetadata()
                .endMetadata()
                .withStatus("Failure")
                .withMessage("Internal error occurred: " + message)
                .withReason("InternalError")
                .withNewDetails()
                .addNewCause()
                .withMessage(message)
                .endCause()
                .endDetails()
                .withCode(500)
                .build();
    }

    /** What goes on the error stream; null for nothing: before version 4 of the protocols success says nothing. */
    static @Nullable Buffer encoded(Status status, boolean json) {
        if (json) {
            return KubernetesJson.write(status);
        }
        return "Success".equals(status.getStatus()) ? null : Buffer.buffer(String.valueOf(status.getMessage()));
    }
}
