package io.kvorum.kubelet.pods;

/** A container cannot be configured, for example because a ConfigMap is missing: CreateContainerConfigError. */
public final class ConfigErrorException extends RuntimeException {
    public ConfigErrorException(String message) {
        super(message, null, false, false);
    }
}
