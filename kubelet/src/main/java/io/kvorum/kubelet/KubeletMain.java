package io.kvorum.kubelet;

import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.ComponentProcess;
import io.kvorum.component.Flags;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The process of one node's kubelet. */
public final class KubeletMain implements Component {
    private @Nullable KubeletFlags flags;

    public static void main(String[] args) {
        ComponentProcess.run(new KubeletMain(), args);
    }

    @Override
    public String role() {
        return "kubelet";
    }

    @Override
    public boolean believesSenders() {
        return true;
    }

    @Override
    public int defaultHealthPort() {
        return 10248;
    }

    @Override
    public void declare(Flags declared) {
        flags = new KubeletFlags(declared);
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        KubeletFlags settings = Objects.requireNonNull(flags, "declare() comes before start()");
        settings.features.check();
        return new Kubelet(context, settings, defaultHealthPort()).start();
    }
}
