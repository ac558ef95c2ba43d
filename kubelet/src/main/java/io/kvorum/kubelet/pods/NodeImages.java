package io.kvorum.kubelet.pods;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** The images that have been used on this node since the kubelet started, so that they count as present. */
public final class NodeImages {
    private final Set<String> present = new ConcurrentSkipListSet<>();

    /** Whether the image was used before; it has been from now on. */
    boolean use(String image) {
        return !present.add(image);
    }

    public List<String> names() {
        return new ArrayList<>(present);
    }
}
