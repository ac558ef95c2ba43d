package io.kvorum.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule with the memory that sharing by weight and mirroring a part need. Belongs to one event loop. */
public final class RuleState {
    private final Rule rule;
    private final WeightedTurns turns;
    private final MirrorTurns mirrors;
    private final List<MirrorTurns> mirrorsOfBackends = new ArrayList<>();

    RuleState(Rule rule) {
        this.rule = rule;
        this.turns = new WeightedTurns(
                rule.backends().stream().mapToInt(Backend::weight).toArray());
        this.mirrors = new MirrorTurns(rule.filters().mirrors());
        rule.backends()
                .forEach(backend ->
                        mirrorsOfBackends.add(new MirrorTurns(backend.filters().mirrors())));
    }

    /** Where one request goes. */
    public record Turn(Backend backend, List<Mirror> mirrors) {}

    public Rule rule() {
        return rule;
    }

    /** Decides about the next request; null when there is no backend with a weight. */
    public @Nullable Turn next() {
        int index = turns.next();
        if (index < 0) {
            return null;
        }
        List<Mirror> all = new ArrayList<>(mirrors.next());
        all.addAll(mirrorsOfBackends.get(index).next());
        return new Turn(rule.backends().get(index), all);
    }
}
