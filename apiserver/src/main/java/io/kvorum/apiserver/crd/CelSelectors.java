package io.kvorum.apiserver.crd;

import io.kvorum.api.validation.SelectorCheck;
import io.kvorum.cel.DeviceSelectors;
import org.jspecify.annotations.Nullable;

/** Expressions that choose devices, in CEL. */
public final class CelSelectors implements SelectorCheck {
    @Override
    public @Nullable Problem check(String expression) {
        DeviceSelectors.Problem problem = DeviceSelectors.problem(expression);
        return problem == null ? null : new Problem(problem.message(), problem.cost());
    }
}
