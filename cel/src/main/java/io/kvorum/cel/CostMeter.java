package io.kvorum.cel;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts what an evaluation costs in the units of cel-go (cel/runtimecost.go): one for a name, a field or a call, more for
 * what goes over long texts and lists. Ends the evaluation when it gets too expensive. For one evaluation.
 */
final class CostMeter implements CelEvaluationListener {
    /** As upstream limits one evaluation. */
    static final long MOST = 1_000_000;

    private static final int LIST = 10;
    private static final int MAP = 30;
    private static final int STRUCT = 40;
    private static final double PER_CHARACTER = 0.1;
    private static final double PER_PATTERN_CHARACTER = 0.25;
    private static final Set<String> FREE = Set.of("_&&_", "_||_", "_?_:_");
    private static final Set<String> PATTERNS = Set.of("matches", "find", "findAll");
    private static final Set<String> OVER_LISTS =
            Set.of("@in", "_in_", "isSorted", "sum", "min", "max", "indexOf", "lastIndexOf", "sets.contains");

    /** The sizes of texts, lists and maps, by the expressions they are values of. */
    private final Map<Long, Integer> sizes = new HashMap<>();

    private long spent;

    /** No exception, since the evaluation of {@code &&} and {@code ||} takes those for values and goes on. */
    static final class Exceeded extends Error {
        private static final long serialVersionUID = 1;

        Exceeded() {
            super("operation cancelled: actual cost limit exceeded", null, false, false);
        }
    }

    long spent() {
        return spent;
    }

    @Override
    public void callback(CelExpr expression, Object value) {
        int size = size(value);
        if (size > 1) {
            sizes.put(expression.id(), size);
        }
        spent += switch (expression.getKind()) {
            case IDENT, SELECT -> 1;
            case CALL -> call(expression.call());
            case LIST -> LIST;
            case MAP -> MAP;
            case STRUCT -> STRUCT;
            default -> 0;
        };
        if (spent > MOST) {
            throw new Exceeded();
        }
    }

    private long call(CelExpr.CelCall call) {
        String function = call.function();
        if (FREE.contains(function)) {
            return 0;
        }
        int target = call.target().map(this::sizeOf).orElse(1);
        List<Integer> arguments = call.args().stream().map(this::sizeOf).toList();
        if (PATTERNS.contains(function)) {
            int pattern = arguments.isEmpty() ? 1 : arguments.get(arguments.size() - 1);
            int text = call.target().isPresent() || arguments.isEmpty() ? target : arguments.get(0);
            return parts(text, PER_CHARACTER) * parts(pattern, PER_PATTERN_CHARACTER);
        }
        if (function.equals("contains")) {
            return arguments.stream()
                    .mapToLong(size -> parts(size, PER_CHARACTER))
                    .reduce(parts(target, PER_CHARACTER), (one, other) -> one * other);
        }
        long all = target + arguments.stream().mapToLong(Integer::longValue).sum();
        return OVER_LISTS.contains(function) ? all : parts(all, PER_CHARACTER);
    }

    private int sizeOf(CelExpr expression) {
        return sizes.getOrDefault(expression.id(), 1);
    }

    private static long parts(long size, double cost) {
        return Math.max(1, (long) Math.ceil(size * cost));
    }

    private static int size(Object value) {
        if (value instanceof CharSequence text) {
            return text.length();
        }
        if (value instanceof Collection<?> list) {
            return list.size();
        }
        return value instanceof Map<?, ?> map ? map.size() : 1;
    }
}
