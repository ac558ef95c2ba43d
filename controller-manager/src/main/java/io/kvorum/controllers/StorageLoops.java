package io.kvorum.controllers;

import io.kvorum.component.FileTrees;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.volume.ClaimProtectionController;
import io.kvorum.controllers.volume.PersistentVolumeBinder;
import io.kvorum.controllers.volume.VolumeProtectionController;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** How to build the controllers of volumes and claims, by their names. */
final class StorageLoops {
    private StorageLoops() {}

    static Map<String, Function<ControllerContext, ControlLoop>> of(ControllerFlags flags) {
        Map<String, Function<ControllerContext, ControlLoop>> loops = new LinkedHashMap<>();
        loops.put(
                ControllerNames.VOLUME_BINDER,
                context -> new PersistentVolumeBinder(context, flags.claimBinderPeriod.get(), FileTrees::delete));
        loops.put(ControllerNames.CLAIM_PROTECTION, ClaimProtectionController::new);
        loops.put(ControllerNames.VOLUME_PROTECTION, VolumeProtectionController::new);
        return loops;
    }
}
