package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.kvorum.controllers.history.RevisionHistory;
import org.jspecify.annotations.Nullable;

/** DaemonSets as owners of ControllerRevisions. */
final class DaemonSetKind implements RevisionHistory.Kind<DaemonSet> {
    @Override
    public Class<DaemonSet> type() {
        return DaemonSet.class;
    }

    @Override
    public LabelSelector selector(DaemonSet daemonSet) {
        return daemonSet.getSpec().getSelector();
    }

    @Override
    public PodTemplateSpec template(DaemonSet daemonSet) {
        return daemonSet.getSpec().getTemplate();
    }

    @Override
    public @Nullable Integer limit(DaemonSet daemonSet) {
        return daemonSet.getSpec().getRevisionHistoryLimit();
    }

    @Override
    public @Nullable Integer collisions(DaemonSet daemonSet) {
        return daemonSet.getStatus() == null ? null : daemonSet.getStatus().getCollisionCount();
    }

    @Override
    public DaemonSet withCollisions(DaemonSet daemonSet, int count) {
        return new DaemonSetBuilder(daemonSet)
                .editOrNewStatus()
                .withCollisionCount(count)
                .endStatus()
                .build();
    }

    @Override
    public String hashLabel() {
        return DaemonPods.HASH;
    }
}
