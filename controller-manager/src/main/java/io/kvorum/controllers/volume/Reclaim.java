package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.kvorum.api.ApiException;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What becomes of a volume whose claim is gone, as its reclaim policy says. */
final class Reclaim {
    private static final Path DELETABLE = Path.of("/tmp");
    private static final long SECONDS = 60;

    private final Vertx vertx;
    private final ResourceClient<PersistentVolume> volumes;
    private final Bindings bindings;
    private final FolderDeletion folders;

    Reclaim(ControllerContext context, Bindings bindings, FolderDeletion folders) {
        this.folders = folders;
        vertx = context.vertx();
        volumes = context.client().resources(PersistentVolume.class);
        this.bindings = bindings;
    }

    Future<Void> reclaim(PersistentVolume volume) {
        @Nullable String policy = volume.getSpec().getPersistentVolumeReclaimPolicy();
        return switch (policy == null ? "" : policy) {
            case "Retain" -> Future.succeededFuture();
            case "Delete" -> delete(volume);
            case "Recycle" ->
                bindings.failed(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!")
                        .mapEmpty();
            default ->
                bindings.failed(
                                volume,
                                "VolumeUnknownReclaimPolicy",
                                "Volume has unrecognized PersistentVolumeReclaimPolicy")
                        .mapEmpty();
        };
    }

    private Future<Void> delete(PersistentVolume volume) {
        if (volume.getMetadata().getDeletionTimestamp() != null
                && volume.getSpec().getHostPath() == null) {
            return Future.succeededFuture();
        }
        @Nullable String maker = Annotations.get(volume, Annotations.PROVISIONED_BY);
        if (maker != null && !maker.isEmpty() && !maker.startsWith("kubernetes.io/")) {
            // Its maker deletes it.
            return Future.succeededFuture();
        }
        String name = volume.getMetadata().getName();
        if (volume.getSpec().getHostPath() == null) {
            return bindings.failed(
                            volume,
                            "VolumeFailedDelete",
                            "error getting deleter volume plugin for volume \"" + name
                                    + "\": no deletable volume plugin matched")
                    .mapEmpty();
        }
        return directory(Path.of(volume.getSpec().getHostPath().getPath()))
                .transform(done -> done.succeeded()
                        ? object(name)
                        : bindings.failed(
                                        volume,
                                        "VolumeFailedDelete",
                                        String.valueOf(done.cause().getMessage()))
                                .mapEmpty());
    }

    private Future<Void> object(String name) {
        return volumes.delete(null, name, new DeleteOptions())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    private static IOException outside(Path path) {
        return new IOException("host_path deleter only supports /tmp/.+ but received provided " + path);
    }

    private Future<Void> directory(Path path) {
        Path plain = path.normalize();
        if (!plain.startsWith(DELETABLE) || plain.equals(DELETABLE)) {
            return Future.failedFuture(outside(path));
        }
        return vertx.<Void>executeBlocking(
                        () -> {
                            Path folder = plain.getParent();
                            if (folder != null
                                    && Files.exists(folder)
                                    && !folder.toRealPath().startsWith(DELETABLE.toRealPath())) {
                                // A link on the way leads elsewhere.
                                throw outside(path);
                            }
                            folders.delete(plain);
                            return null;
                        },
                        false)
                .timeout(SECONDS, TimeUnit.SECONDS);
    }
}
