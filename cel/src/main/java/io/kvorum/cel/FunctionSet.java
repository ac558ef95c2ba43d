package io.kvorum.cel;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Functions that expressions may call: their declarations with what they do. */
abstract class FunctionSet {
    private final Map<String, List<CelOverloadDecl>> declarations = new LinkedHashMap<>();
    private final List<CelFunctionBinding> bindings = new ArrayList<>();

    final List<CelFunctionDecl> declared() {
        List<CelFunctionDecl> found = new ArrayList<>();
        declarations.forEach((name, overloads) -> found.add(CelFunctionDecl.newFunctionDeclaration(name, overloads)));
        return found;
    }

    final List<CelFunctionBinding> bound() {
        return List.copyOf(bindings);
    }

    final void bind(CelFunctionBinding binding) {
        bindings.add(binding);
    }

    final void declare(String name, CelOverloadDecl overload) {
        declarations.computeIfAbsent(name, any -> new ArrayList<>()).add(overload);
    }

    private static String id(String name, CelType... types) {
        StringBuilder id = new StringBuilder("kubernetes_" + name.replace('.', '_'));
        for (CelType type : types) {
            id.append('_').append(type.name().replace('.', '_'));
        }
        return id.toString();
    }

    @SuppressWarnings("Immutable") // functions hold nothing that changes
    final <A> void global(String name, CelType result, CelType of, Class<A> argument, Function<A, Object> body) {
        String id = id(name, of);
        declare(name, CelOverloadDecl.newGlobalOverload(id, result, of));
        bindings.add(CelFunctionBinding.from(id, argument, body::apply));
    }

    @SuppressWarnings("Immutable") // functions hold nothing that changes
    final <A> void member(String name, CelType result, CelType of, Class<A> argument, Function<A, Object> body) {
        String id = id(name, of);
        declare(name, CelOverloadDecl.newMemberOverload(id, result, of));
        bindings.add(CelFunctionBinding.from(id, argument, body::apply));
    }

    @SuppressWarnings("Immutable") // functions hold nothing that changes
    final <A, B> void member(
            String name,
            CelType result,
            CelType of,
            Class<A> first,
            CelType with,
            Class<B> second,
            BiFunction<A, B, Object> body) {
        String id = id(name, of, with);
        declare(name, CelOverloadDecl.newMemberOverload(id, result, of, with));
        bindings.add(CelFunctionBinding.from(id, first, second, body::apply));
    }

    /** A function of two arguments beside its object. */
    interface Three<A, B, C> {
        Object apply(A first, B second, C third);
    }

    @SuppressWarnings("Immutable") // functions hold nothing that changes
    final <A, B, C> void member(
            String name,
            CelType result,
            CelType of,
            Class<A> first,
            CelType with,
            Class<B> second,
            CelType and,
            Class<C> third,
            Three<A, B, C> body) {
        String id = id(name, of, with, and);
        declare(name, CelOverloadDecl.newMemberOverload(id, result, of, with, and));
        bindings.add(CelFunctionBinding.from(
                id,
                ImmutableList.of(first, second, third),
                arguments ->
                        body.apply(first.cast(arguments[0]), second.cast(arguments[1]), third.cast(arguments[2]))));
    }
}
