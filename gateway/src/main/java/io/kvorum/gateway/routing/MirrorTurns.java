package io.kvorum.gateway.routing;

import java.util.ArrayList;
import java.util.List;

/** Chooses which requests are mirrored: of every {@code denominator} exactly {@code numerator}, evenly spread. */
final class MirrorTurns {
    private final List<Mirror> mirrors;
    private final long[] credit;

    MirrorTurns(List<Mirror> mirrors) {
        this.mirrors = mirrors;
        this.credit = new long[mirrors.size()];
    }

    /** The mirrors that get a copy of the next request. */
    List<Mirror> next() {
        if (mirrors.isEmpty()) {
            return List.of();
        }
        List<Mirror> chosen = new ArrayList<>(mirrors.size());
        for (int i = 0; i < credit.length; i++) {
            Mirror mirror = mirrors.get(i);
            credit[i] += mirror.numerator();
            if (mirror.denominator() > 0 && credit[i] >= mirror.denominator()) {
                credit[i] -= mirror.denominator();
                chosen.add(mirror);
            }
        }
        return chosen;
    }
}
