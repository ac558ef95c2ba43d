package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.kvorum.api.ApiException;
import io.kvorum.client.ResourceClient;
import io.kvorum.kubelet.images.ImageCatalogue;
import io.kvorum.kubelet.images.ImageDescriptor;
import io.kvorum.kubelet.images.ImageReference;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerLaunch;
import io.kvorum.kubelet.runtime.ContainerRecord;
import io.kvorum.kubelet.runtime.ProgramPath;
import io.kvorum.kubelet.volumes.PodVolumes;
import io.vertx.core.Future;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers what a container's start needs, then starts it on the worker pool. */
final class ContainerStarter {
    private static final String HOSTS = "/etc/hosts";

    private final PodEnvironment environment;

    ContainerStarter(PodEnvironment environment) {
        this.environment = environment;
    }

    /** The ConfigMaps and Secrets of one namespace that exist of those asked for. */
    record Objects(Map<String, ConfigMap> configMaps, Map<String, Secret> secrets) {}

    /** No program stands behind the image; the message is for the user. */
    static final class ImageException extends RuntimeException {
        final String reason;

        ImageException(String reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
        }
    }

    /** Fails with {@link ApiException} when the API cannot be asked; what does not exist is left out. */
    Future<Objects> fetch(String namespace, Set<String> configMaps, Set<String> secrets) {
        Map<String, ConfigMap> maps = new HashMap<>();
        Map<String, Secret> found = new HashMap<>();
        List<Future<?>> all = new ArrayList<>();
        configMaps.forEach(name -> all.add(get(environment.configMaps(), namespace, name, maps)));
        secrets.forEach(name -> all.add(get(environment.secrets(), namespace, name, found)));
        return Future.all(all).map(v -> new Objects(maps, found));
    }

    private static <T extends HasMetadata> Future<Void> get(
            ResourceClient<T> client, String namespace, String name, Map<String, T> into) {
        return client.get(namespace, name).transform(done -> {
            if (done.succeeded()) {
                into.put(name, done.result());
                return Future.succeededFuture();
            }
            return done.cause() instanceof ApiException e && e.notFound()
                    ? Future.succeededFuture()
                    : Future.failedFuture(done.cause());
        });
    }

    /** Brings the pod's volumes up to date. Fails with {@link PodVolumes.SetUpException} among others. */
    Future<Void> setUpVolumes(Pod pod, PodFields.Addresses addresses) {
        if (pod.getSpec().getVolumes() == null || pod.getSpec().getVolumes().isEmpty()) {
            return Future.succeededFuture();
        }
        PodVolumes.References references = PodVolumes.references(pod);
        Map<PodVolumes.TokenWanted, String> tokens = new HashMap<>();
        return fetch(pod.getMetadata().getNamespace(), references.configMaps(), references.secrets())
                .compose(objects -> tokens(pod, references.tokens(), tokens).map(objects))
                .compose(objects -> environment
                        .workers()
                        .executeBlocking(
                                () -> {
                                    volumes(pod)
                                            .setUp(
                                                    pod,
                                                    new PodVolumes.Sources(
                                                            objects.configMaps(),
                                                            objects.secrets(),
                                                            tokens,
                                                            addresses,
                                                            environment.allocatable()));
                                    return null;
                                },
                                false));
    }

    private Future<?> tokens(Pod pod, Set<PodVolumes.TokenWanted> wanted, Map<PodVolumes.TokenWanted, String> into) {
        List<Future<?>> all = new ArrayList<>();
        for (PodVolumes.TokenWanted one : wanted) {
            all.add(environment.tokens().token(pod, one).onSuccess(token -> into.put(one, token)));
        }
        return Future.all(all);
    }

    private PodVolumes volumes(Pod pod) {
        return new PodVolumes(environment.runtime().podFolder(pod.getMetadata().getUid()));
    }

    /** Looks an image up. Errors: {@link ImageException}. */
    Future<ImageDescriptor> image(String name) {
        return environment
                .workers()
                .executeBlocking(
                        () -> {
                            ImageReference reference;
                            try {
                                reference = ImageReference.parse(name);
                            } catch (IllegalArgumentException e) {
                                throw new ImageException("InvalidImageName", String.valueOf(e.getMessage()));
                            }
                            ImageDescriptor found;
                            try {
                                found = environment.images().find(reference);
                            } catch (IOException e) {
                                throw new ImageException("ErrImagePull", String.valueOf(e.getMessage()));
                            }
                            if (found == null) {
                                throw new ImageException("ErrImagePull", ImageCatalogue.notFound(reference));
                            }
                            return found;
                        },
                        false);
    }

    /**
     * What one start needs.
     *
     * @param target the run that an ephemeral container looks at; null for none
     */
    record Order(
            Pod pod,
            Container container,
            int attempt,
            ImageDescriptor image,
            PodFields.Addresses addresses,
            @Nullable ContainerRecord target) {}

    /** Starts one run. Errors: {@link ConfigErrorException}, {@code StartFailedException}, IOException. */
    Future<ContainerRecord> start(Order order) {
        ContainerEnvironment.References references = ContainerEnvironment.References.of(order.container());
        return fetch(order.pod().getMetadata().getNamespace(), references.configMaps(), references.secrets())
                .compose(objects -> environment
                        .workers()
                        .executeBlocking(() -> environment.runtime().start(launch(order, objects)), false));
    }

    private ContainerLaunch launch(Order order, Objects objects) throws IOException {
        Pod pod = order.pod();
        Container container = order.container();
        ImageDescriptor image = order.image();
        PodFields.Addresses addresses = order.addresses();
        Map<String, String> inherited = new LinkedHashMap<>();
        Path programs = environment.images().programFolder(image);
        if (programs != null) {
            inherited.put("PATH", programs + File.pathSeparator + ProgramPath.DEFAULT_PATH);
        }
        inherited.putAll(image.environmentFor(container.getImage()));
        inherited.put("HOSTNAME", hostname(pod));
        inherited.put("POD_IP", addresses.podIp());
        inherited.putAll(volumes(pod).variables(pod));
        ProcessView view = order.target() == null ? null : ProcessView.of(order.target(), environment.runtime());
        if (view != null) {
            inherited.putAll(view.variables());
        }
        inherited.putAll(
                ContainerEnvironment.services(pod, environment.services().get()));
        Map<String, String> variables = ContainerEnvironment.build(
                pod,
                container,
                inherited,
                new ContainerEnvironment.Sources(objects.configMaps(), objects.secrets()),
                addresses,
                environment.allocatable());
        List<String> command = environment
                .images()
                .commandLine(
                        image,
                        ContainerEnvironment.expandAll(container.getCommand(), variables),
                        ContainerEnvironment.expandAll(container.getArgs(), variables));
        if (command.isEmpty()) {
            throw new ConfigErrorException("no command specified");
        }
        String workingDir =
                container.getWorkingDir() == null || container.getWorkingDir().isEmpty()
                        ? image.workingDir()
                        : container.getWorkingDir();
        List<ContainerLaunch.Mount> mounts = mounts(pod, container, variables);
        if (view != null) {
            mounts.addAll(view.mounts());
        }
        if (mounts.stream().noneMatch(mount -> Path.of(HOSTS).startsWith(mount.mountPath()))) {
            mounts.add(new ContainerLaunch.Mount(hosts(pod, addresses.podIp()), HOSTS));
        }
        return new ContainerLaunch(
                new ContainerId(pod.getMetadata().getUid(), container.getName(), order.attempt()),
                command,
                variables,
                workingDir,
                mounts,
                List.of(ContainerEnds.terminationMessagePath(container)),
                Map.of(
                        PodWorker.ANNOUNCES,
                        Boolean.toString(environment.images().announces(image, command)),
                        PodWorker.IMAGE,
                        container.getImage(),
                        PodWorker.IMAGE_ID,
                        ImageReference.parse(container.getImage()).repository() + "@" + image.digest()),
                Boolean.TRUE.equals(container.getStdin()),
                Boolean.TRUE.equals(container.getTty()));
    }

    /** Written anew at each start, by rename, as other containers of the pod may be reading it. */
    private Path hosts(Pod pod, String ip) throws IOException {
        Path folder = environment.runtime().podFolder(pod.getMetadata().getUid());
        Path next = Files.createTempFile(folder, "etc-hosts", null);
        Files.writeString(next, HostsFile.of(pod, ip, hostname(pod)));
        return Files.move(next, folder.resolve("etc-hosts"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String hostname(Pod pod) {
        String given = pod.getSpec().getHostname();
        String name = given == null || given.isEmpty() ? pod.getMetadata().getName() : given;
        return name.length() > 63 ? name.substring(0, 63).replaceFirst("[-.]+$", "") : name;
    }

    private List<ContainerLaunch.Mount> mounts(Pod pod, Container container, Map<String, String> variables) {
        List<ContainerLaunch.Mount> mounts = new ArrayList<>();
        PodVolumes volumes = volumes(pod);
        Set<String> paths = new HashSet<>();
        for (VolumeMount mount : ContainerEnvironment.nonNull(container.getVolumeMounts())) {
            Volume volume = ContainerEnvironment.nonNull(pod.getSpec().getVolumes()).stream()
                    .filter(v -> v.getName().equals(mount.getName()))
                    .findFirst()
                    .orElseThrow(() -> new ConfigErrorException("volume \"" + mount.getName() + "\" not found"));
            String sub =
                    mount.getSubPathExpr() == null || mount.getSubPathExpr().isEmpty()
                            ? mount.getSubPath()
                            : VariableExpansion.expand(mount.getSubPathExpr(), variables);
            Path root = volumes.path(volume);
            Path source =
                    sub == null || sub.isEmpty() ? root : root.resolve(sub).normalize();
            if (!source.startsWith(root)) {
                throw new ConfigErrorException("failed to prepare subPath for volumeMount \"" + mount.getName()
                        + "\" of container \"" + container.getName() + "\"");
            }
            if (paths.add(mount.getMountPath())) {
                mounts.add(new ContainerLaunch.Mount(source, mount.getMountPath()));
            }
        }
        mounts.sort(Comparator.comparing(ContainerLaunch.Mount::mountPath));
        return mounts;
    }
}
