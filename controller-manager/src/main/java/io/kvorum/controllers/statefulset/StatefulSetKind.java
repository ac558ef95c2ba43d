package io.kvorum.controllers.statefulset;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.kvorum.controllers.history.RevisionHistory;
import org.jspecify.annotations.Nullable;

/** StatefulSets as owners of ControllerRevisions. */
final class StatefulSetKind implements RevisionHistory.Kind<StatefulSet> {
    @Override
    public Class<StatefulSet> type() {
        return StatefulSet.class;
    }

    @Override
    public LabelSelector selector(StatefulSet set) {
        return set.getSpec().getSelector();
    }

    @Override
    public PodTemplateSpec template(StatefulSet set) {
        return set.getSpec().getTemplate();
    }

    @Override
    public @Nullable Integer limit(StatefulSet set) {
        return set.getSpec().getRevisionHistoryLimit();
    }

    @Override
    public @Nullable Integer collisions(StatefulSet set) {
        return set.getStatus() == null ? null : set.getStatus().getCollisionCount();
    }

    @Override
    public StatefulSet withCollisions(StatefulSet set, int count) {
        return new StatefulSetBuilder(set)
                .editOrNewStatus()
                .withCollisionCount(count)
                .endStatus()
                .build();
    }

    @Override
    public String hashLabel() {
        return "controller.kubernetes.io/hash";
    }
}
