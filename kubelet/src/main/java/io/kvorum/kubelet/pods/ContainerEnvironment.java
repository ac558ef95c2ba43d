package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The environment of a container. Pure: what it refers to has been fetched before. */
final class ContainerEnvironment {
    private ContainerEnvironment() {}

    /** The names of the ConfigMaps and Secrets a container's environment refers to. */
    record References(Set<String> configMaps, Set<String> secrets) {
        static References of(Container container) {
            Set<String> configMaps = new HashSet<>();
            Set<String> secrets = new HashSet<>();
            for (EnvFromSource from : nonNull(container.getEnvFrom())) {
                if (from.getConfigMapRef() != null) {
                    configMaps.add(from.getConfigMapRef().getName());
                }
                if (from.getSecretRef() != null) {
                    secrets.add(from.getSecretRef().getName());
                }
            }
            for (EnvVar variable : nonNull(container.getEnv())) {
                EnvVarSource from = variable.getValueFrom();
                if (from != null && from.getConfigMapKeyRef() != null) {
                    configMaps.add(from.getConfigMapKeyRef().getName());
                }
                if (from != null && from.getSecretKeyRef() != null) {
                    secrets.add(from.getSecretKeyRef().getName());
                }
            }
            return new References(configMaps, secrets);
        }
    }

    /** The objects that exist of those referred to, by name. */
    record Sources(Map<String, ConfigMap> configMaps, Map<String, Secret> secrets) {}

    /**
     * @param inherited variables of the image and of the services, which the container's own override
     * @param allocatable of the node, for {@code resourceFieldRef}
     */
    static Map<String, String> build(
            Pod pod,
            Container container,
            Map<String, String> inherited,
            Sources sources,
            PodFields.Addresses addresses,
            Map<String, Quantity> allocatable) {
        String namespace = pod.getMetadata().getNamespace();
        Map<String, String> all = new LinkedHashMap<>(inherited);
        for (EnvFromSource from : nonNull(container.getEnvFrom())) {
            String prefix = from.getPrefix() == null ? "" : from.getPrefix();
            if (from.getConfigMapRef() != null) {
                String name = from.getConfigMapRef().getName();
                ConfigMap map = sources.configMaps().get(name);
                if (map == null && !Boolean.TRUE.equals(from.getConfigMapRef().getOptional())) {
                    throw new ConfigErrorException("configmap \"" + name + "\" not found");
                }
                if (map != null && map.getData() != null) {
                    map.getData().forEach((key, value) -> all.put(prefix + key, value));
                }
            }
            if (from.getSecretRef() != null) {
                String name = from.getSecretRef().getName();
                Secret secret = sources.secrets().get(name);
                if (secret == null && !Boolean.TRUE.equals(from.getSecretRef().getOptional())) {
                    throw new ConfigErrorException("secret \"" + name + "\" not found");
                }
                if (secret != null && secret.getData() != null) {
                    secret.getData().forEach((key, value) -> all.put(prefix + key, decode(value)));
                }
            }
        }
        Map<String, String> own = new LinkedHashMap<>(all);
        for (EnvVar variable : nonNull(container.getEnv())) {
            String value = value(pod, container, variable, own, sources, addresses, allocatable, namespace);
            if (value != null) {
                own.put(variable.getName(), value);
            }
        }
        return own;
    }

    private static @Nullable String value(
            Pod pod,
            Container container,
            EnvVar variable,
            Map<String, String> known,
            Sources sources,
            PodFields.Addresses addresses,
            Map<String, Quantity> allocatable,
            String namespace) {
        EnvVarSource from = variable.getValueFrom();
        if (from == null) {
            return VariableExpansion.expand(variable.getValue() == null ? "" : variable.getValue(), known);
        }
        if (from.getFieldRef() != null) {
            return orConfigError(() -> PodFields.field(pod, from.getFieldRef().getFieldPath(), addresses));
        }
        if (from.getResourceFieldRef() != null) {
            return orConfigError(() -> PodFields.resource(pod, container, from.getResourceFieldRef(), allocatable));
        }
        if (from.getConfigMapKeyRef() != null) {
            var ref = from.getConfigMapKeyRef();
            ConfigMap map = sources.configMaps().get(ref.getName());
            boolean optional = Boolean.TRUE.equals(ref.getOptional());
            if (map == null) {
                return missing(optional, "configmap \"" + ref.getName() + "\" not found");
            }
            String value = map.getData() == null ? null : map.getData().get(ref.getKey());
            return value != null
                    ? value
                    : missing(
                            optional,
                            "couldn't find key " + ref.getKey() + " in ConfigMap " + namespace + "/" + ref.getName());
        }
        if (from.getSecretKeyRef() != null) {
            var ref = from.getSecretKeyRef();
            Secret secret = sources.secrets().get(ref.getName());
            boolean optional = Boolean.TRUE.equals(ref.getOptional());
            if (secret == null) {
                return missing(optional, "secret \"" + ref.getName() + "\" not found");
            }
            String value = secret.getData() == null ? null : secret.getData().get(ref.getKey());
            return value != null
                    ? decode(value)
                    : missing(
                            optional,
                            "couldn't find key " + ref.getKey() + " in Secret " + namespace + "/" + ref.getName());
        }
        return "";
    }

    private static String orConfigError(Supplier<String> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigErrorException(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String missing(boolean optional, String message) {
        if (optional) {
            return null;
        }
        throw new ConfigErrorException(message);
    }

    private static String decode(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /** The service variables for a pod. */
    static Map<String, String> services(Pod pod, List<Service> services) {
        boolean links = !Boolean.FALSE.equals(pod.getSpec().getEnableServiceLinks());
        return ServiceVariables.of(services, pod.getMetadata().getNamespace(), links);
    }

    static List<String> expandAll(@Nullable List<String> words, Map<String, String> variables) {
        List<String> expanded = new ArrayList<>();
        for (String word : nonNull(words)) {
            expanded.add(VariableExpansion.expand(word, variables));
        }
        return expanded;
    }

    static <T> List<T> nonNull(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
