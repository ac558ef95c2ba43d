package io.kvorum.kubelet.volumes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.kvorum.kubelet.pods.PodFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of one pod below {@code FOLDER/volumes}: emptyDir, configMap, secret, downwardAPI, projected, hostPath.
 * Methods block.
 */
public final class PodVolumes {
    private static final int DEFAULT_MODE = 0644;
    /** Of the volume that admission gives a pod for its service account. */
    private static final String ACCESS_PREFIX = "kube-api-access-";

    private static final int TOKEN_MODE = 0600;
    private static final long DEFAULT_TOKEN_SECONDS = 3600;

    private final Path folder;

    /** @param podFolder the pod's folder on the host */
    public PodVolumes(Path podFolder) {
        this.folder = podFolder.resolve("volumes");
    }

    /**
     * A service account token that is projected.
     *
     * @param audience empty for the API server's own
     * @param seconds of its life
     */
    public record TokenWanted(String audience, long seconds) {
        static TokenWanted of(ServiceAccountTokenProjection source) {
            Long seconds = source.getExpirationSeconds();
            return new TokenWanted(
                    source.getAudience() == null ? "" : source.getAudience(),
                    seconds == null ? DEFAULT_TOKEN_SECONDS : seconds);
        }
    }

    /** The ConfigMaps, Secrets and tokens the volumes refer to. */
    public record References(Set<String> configMaps, Set<String> secrets, Set<TokenWanted> tokens) {}

    /** What was found of them, and the rest a projection may ask for. */
    public record Sources(
            Map<String, ConfigMap> configMaps,
            Map<String, Secret> secrets,
            Map<TokenWanted, String> tokens,
            PodFields.Addresses addresses,
            Map<String, Quantity> allocatable) {}

    /** A volume cannot be made ready; the message is upstream's, for the FailedMount event. */
    public static final class SetUpException extends IOException {
        public SetUpException(String volume, String message) {
            super("MountVolume.SetUp failed for volume \"" + volume + "\" : " + message);
        }
    }

    public static References references(Pod pod) {
        Set<String> configMaps = new HashSet<>();
        Set<String> secrets = new HashSet<>();
        Set<TokenWanted> tokens = new HashSet<>();
        for (Volume volume : list(pod.getSpec().getVolumes())) {
            if (volume.getConfigMap() != null) {
                configMaps.add(volume.getConfigMap().getName());
            }
            if (volume.getSecret() != null) {
                secrets.add(volume.getSecret().getSecretName());
            }
            if (volume.getProjected() != null) {
                for (VolumeProjection source : list(volume.getProjected().getSources())) {
                    if (source.getConfigMap() != null) {
                        configMaps.add(source.getConfigMap().getName());
                    }
                    if (source.getSecret() != null) {
                        secrets.add(source.getSecret().getName());
                    }
                    if (source.getServiceAccountToken() != null) {
                        tokens.add(TokenWanted.of(source.getServiceAccountToken()));
                    }
                }
            }
        }
        return new References(configMaps, secrets, tokens);
    }

    /** Whether any volume follows the API and so has to be looked at again from time to time. */
    public static boolean changing(Pod pod) {
        return list(pod.getSpec().getVolumes()).stream()
                .anyMatch(v -> v.getConfigMap() != null
                        || v.getSecret() != null
                        || v.getProjected() != null
                        || v.getDownwardAPI() != null);
    }

    /** The path of a volume on the host. */
    public Path path(Volume volume) {
        HostPathVolumeSource host = volume.getHostPath();
        return host == null ? folder.resolve(volume.getName()) : Path.of(host.getPath());
    }

    /** {@code KVORUM_VOLUME_<NAME>} for each volume; {@code KVORUM_SERVICE_ACCOUNT_DIR} for that with the pod's token. */
    public Map<String, String> variables(Pod pod) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Volume volume : list(pod.getSpec().getVolumes())) {
            String name = volume.getName().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
            all.put("KVORUM_VOLUME_" + name, path(volume).toString());
            if (volume.getName().startsWith(ACCESS_PREFIX)) {
                all.put("KVORUM_SERVICE_ACCOUNT_DIR", path(volume).toString());
            }
        }
        return all;
    }

    /** Creates what is missing and brings projections up to date. Errors: {@link SetUpException}. */
    public void setUp(Pod pod, Sources sources) throws IOException {
        for (Volume volume : list(pod.getSpec().getVolumes())) {
            try {
                setUp(pod, volume, sources);
            } catch (SetUpException e) {
                throw e;
            } catch (IOException | IllegalArgumentException e) {
                throw new SetUpException(volume.getName(), String.valueOf(e.getMessage()));
            }
        }
    }

    private void setUp(Pod pod, Volume volume, Sources sources) throws IOException {
        Path path = path(volume);
        if (volume.getHostPath() != null) {
            hostPath(volume, path);
            return;
        }
        if (volume.getEmptyDir() != null) {
            Files.createDirectories(path);
            return;
        }
        Map<String, AtomicFolder.Content> files = new LinkedHashMap<>();
        if (volume.getConfigMap() != null) {
            var source = volume.getConfigMap();
            ConfigMap map = sources.configMaps().get(source.getName());
            int mode = mode(source.getDefaultMode());
            boolean optional = Boolean.TRUE.equals(source.getOptional());
            require(volume, map != null || optional, "configmap \"" + source.getName() + "\" not found");
            select(files, volume, source.getItems(), bytes(map), mode, optional, "configmap");
        } else if (volume.getSecret() != null) {
            var source = volume.getSecret();
            Secret secret = sources.secrets().get(source.getSecretName());
            boolean optional = Boolean.TRUE.equals(source.getOptional());
            require(volume, secret != null || optional, "secret \"" + source.getSecretName() + "\" not found");
            select(files, volume, source.getItems(), bytes(secret), mode(source.getDefaultMode()), optional, "secret");
        } else if (volume.getDownwardAPI() != null) {
            var source = volume.getDownwardAPI();
            downward(files, pod, list(source.getItems()), mode(source.getDefaultMode()), sources);
        } else if (volume.getProjected() != null) {
            int mode = mode(volume.getProjected().getDefaultMode());
            for (VolumeProjection source : list(volume.getProjected().getSources())) {
                project(files, pod, volume, source, mode, sources);
            }
        } else {
            throw new SetUpException(volume.getName(), "no volume plugin matched");
        }
        new AtomicFolder(path).write(files);
    }

    private void project(
            Map<String, AtomicFolder.Content> files,
            Pod pod,
            Volume volume,
            VolumeProjection source,
            int mode,
            Sources sources)
            throws IOException {
        if (source.getConfigMap() != null) {
            ConfigMap map = sources.configMaps().get(source.getConfigMap().getName());
            boolean optional = Boolean.TRUE.equals(source.getConfigMap().getOptional());
            require(
                    volume,
                    map != null || optional,
                    "configmap \"" + source.getConfigMap().getName() + "\" not found");
            select(files, volume, source.getConfigMap().getItems(), bytes(map), mode, optional, "configmap");
        } else if (source.getSecret() != null) {
            Secret secret = sources.secrets().get(source.getSecret().getName());
            boolean optional = Boolean.TRUE.equals(source.getSecret().getOptional());
            require(
                    volume,
                    secret != null || optional,
                    "secret \"" + source.getSecret().getName() + "\" not found");
            select(files, volume, source.getSecret().getItems(), bytes(secret), mode, optional, "secret");
        } else if (source.getDownwardAPI() != null) {
            downward(files, pod, list(source.getDownwardAPI().getItems()), mode, sources);
        } else if (source.getServiceAccountToken() != null) {
            String token = sources.tokens().get(TokenWanted.of(source.getServiceAccountToken()));
            if (token == null) {
                throw new SetUpException(volume.getName(), "no token for the service account was given");
            }
            // For its owner only, whatever the volume's mode.
            files.put(
                    source.getServiceAccountToken().getPath(),
                    new AtomicFolder.Content(token.getBytes(StandardCharsets.US_ASCII), TOKEN_MODE & mode));
        }
    }

    private static void require(Volume volume, boolean holds, String message) throws SetUpException {
        if (!holds) {
            throw new SetUpException(volume.getName(), message);
        }
    }

    private static void select(
            Map<String, AtomicFolder.Content> files,
            Volume volume,
            @Nullable List<KeyToPath> items,
            Map<String, byte[]> data,
            int mode,
            boolean optional,
            String kind)
            throws SetUpException {
        if (items == null || items.isEmpty()) {
            data.forEach((key, value) -> files.put(key, new AtomicFolder.Content(value, mode)));
            return;
        }
        for (KeyToPath item : items) {
            byte[] value = data.get(item.getKey());
            if (value == null) {
                require(volume, optional, kind + " references non-existent " + kind + " key: " + item.getKey());
                continue;
            }
            int itemMode = item.getMode() == null ? mode : item.getMode();
            files.put(item.getPath(), new AtomicFolder.Content(value, itemMode));
        }
    }

    private static void downward(
            Map<String, AtomicFolder.Content> files,
            Pod pod,
            List<DownwardAPIVolumeFile> items,
            int mode,
            Sources sources) {
        for (DownwardAPIVolumeFile item : items) {
            String value = "";
            if (item.getFieldRef() != null) {
                value = PodFields.field(pod, item.getFieldRef().getFieldPath(), sources.addresses());
            } else if (item.getResourceFieldRef() != null) {
                value = PodFields.resource(pod, null, item.getResourceFieldRef(), sources.allocatable());
            }
            int itemMode = item.getMode() == null ? mode : item.getMode();
            files.put(item.getPath(), new AtomicFolder.Content(value.getBytes(StandardCharsets.UTF_8), itemMode));
        }
    }

    private static void hostPath(Volume volume, Path path) throws IOException {
        String type = volume.getHostPath().getType() == null
                ? ""
                : volume.getHostPath().getType();
        switch (type) {
            case "DirectoryOrCreate" -> Files.createDirectories(path);
            case "FileOrCreate" -> {
                if (!Files.exists(path)) {
                    Files.createFile(path);
                }
            }
            case "Directory" ->
                require(volume, Files.isDirectory(path), "hostPath type check failed: " + path + " is not a directory");
            case "File" ->
                require(volume, Files.isRegularFile(path), "hostPath type check failed: " + path + " is not a file");
            default -> {
                // Whatever is there, or nothing.
            }
        }
    }

    private static int mode(@Nullable Integer mode) {
        return mode == null ? DEFAULT_MODE : mode;
    }

    private static Map<String, byte[]> bytes(@Nullable ConfigMap map) {
        Map<String, byte[]> all = new HashMap<>();
        if (map != null && map.getData() != null) {
            map.getData().forEach((key, value) -> all.put(key, value.getBytes(StandardCharsets.UTF_8)));
        }
        if (map != null && map.getBinaryData() != null) {
            map.getBinaryData()
                    .forEach((key, value) -> all.put(key, Base64.getDecoder().decode(value)));
        }
        return all;
    }

    private static Map<String, byte[]> bytes(@Nullable Secret secret) {
        Map<String, byte[]> all = new HashMap<>();
        if (secret != null && secret.getData() != null) {
            secret.getData()
                    .forEach((key, value) -> all.put(key, Base64.getDecoder().decode(value)));
        }
        return all;
    }

    private static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
