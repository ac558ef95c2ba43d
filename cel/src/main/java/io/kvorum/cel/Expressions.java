package io.kvorum.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compiles expressions that speak of the same variables. Safe for use by several threads. */
public final class Expressions {
    /** As upstream bounds one expression: a million steps of comprehensions take a fraction of a second. */
    private static final int MOST_ITERATIONS = 1_000_000;

    private static final int MOST_CHARACTERS = 100_000;

    static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .enableTimestampEpoch(true)
            .enableRegexPartialMatch(true)
            .enableOptionalSyntax(true)
            .comprehensionMaxIterations(MOST_ITERATIONS)
            .maxExpressionCodePointSize(MOST_CHARACTERS)
            .populateMacroCalls(true)
            .build();

    private final CelCompiler compiler;
    private final CelRuntime runtime;
    private final Map<String, ValueType> variables;
    private final boolean initializers;

    private Expressions(
            CelCompiler compiler, CelRuntime runtime, Map<String, ValueType> variables, boolean initializers) {
        this.compiler = compiler;
        this.runtime = runtime;
        this.variables = variables;
        this.initializers = initializers;
    }

    /** @param variables by name */
    public static Expressions with(Map<String, ValueType> variables) {
        return of(variables, false);
    }

    /** Expressions of mutations, which may initialize objects and JSON patches. */
    public static Expressions mutating(Map<String, ValueType> variables) {
        return of(variables, true);
    }

    private static Expressions of(Map<String, ValueType> variables, boolean initializers) {
        ImmutableSet.Builder<CelType> structs = ImmutableSet.builder();
        variables.values().forEach(each -> each.collect(structs));
        Types types = new Types(structs.build());
        CelCompilerBuilder compiler = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setTypeProvider(types)
                .addFunctionDeclarations(KubernetesLibrary.declarations())
                .addFunctionDeclarations(AuthorizerLibrary.ALL.declared())
                .addLibraries(
                        CelExtensions.optional(),
                        CelExtensions.strings(),
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.bindings(),
                        CelExtensions.math(OPTIONS),
                        CelExtensions.comprehensions());
        variables.forEach((name, type) -> compiler.addVar(name, type.type()));
        CelRuntime runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .addFunctionBindings(KubernetesLibrary.bindings())
                .addFunctionBindings(AuthorizerLibrary.ALL.bound())
                .addLibraries(
                        CelExtensions.optional(),
                        CelExtensions.strings(),
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.math(OPTIONS),
                        CelExtensions.comprehensions())
                .build();
        return new Expressions(compiler.build(), runtime, new LinkedHashMap<>(variables), initializers);
    }

    /** What an expression may end in. */
    public enum Result {
        BOOLEAN("bool"),
        STRING("string"),
        /** The configuration of an apply, of a {@link Mutation}. */
        OBJECT(Initializers.OBJECT),
        /** A list of operations, of a {@link Mutation}. */
        JSON_PATCH("list(" + Initializers.JSON_PATCH + ")"),
        ANY("any");

        private final String type;

        Result(String type) {
            this.type = type;
        }

        private boolean admits(CelType found) {
            return switch (this) {
                case ANY -> true;
                case OBJECT -> found.name().equals(type);
                case JSON_PATCH ->
                    found instanceof ListType list && list.elemType().name().equals(Initializers.JSON_PATCH);
                case BOOLEAN, STRING ->
                    found.equals(SimpleType.DYN) || found.name().equals(type);
            };
        }
    }

    /**
     * Makes an expression ready to run.
     *
     * @throws CelProblem with upstream's words for what is wrong
     */
    public Expression compile(String text, Result result) throws CelProblem {
        CelCompiler checker = compiler;
        CelRuntime runner = runtime;
        CelAbstractSyntaxTree tree = tree(compiler.parse(text));
        if (initializers) {
            Initializers.Rewritten rewritten = Initializers.rewrite(tree);
            tree = rewritten.tree();
            if (!rewritten.declarations().isEmpty()) {
                checker = compiler.toCompilerBuilder()
                        .addFunctionDeclarations(rewritten.declarations())
                        .build();
                runner = runtime.toRuntimeBuilder()
                        .addFunctionBindings(rewritten.bindings())
                        .build();
            }
        }
        tree = tree(checker.check(tree));
        if (!result.admits(tree.getResultType())) {
            throw new CelProblem(
                    result == Result.BOOLEAN
                            ? "cel expression must evaluate to a bool"
                            : "must evaluate to " + result.type);
        }
        try {
            return new Expression(text, tree, runner.createProgram(tree), variables);
        } catch (CelEvaluationException e) {
            throw new CelProblem("program instantiation failed: " + e.getMessage(), e);
        }
    }

    private static CelAbstractSyntaxTree tree(CelValidationResult result) throws CelProblem {
        if (result.hasError()) {
            List<CelIssue> issues =
                    result.getErrors().stream().map(Wording::ofCompilation).toList();
            throw CelProblem.ofCompilation(CelIssue.toDisplayString(issues, result.getSource()));
        }
        try {
            return result.getAst();
        } catch (CelValidationException e) {
            throw CelProblem.ofCompilation(String.valueOf(e.getMessage()));
        }
    }

    private record Types(ImmutableSet<CelType> structs) implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return structs;
        }

        @Override
        public Optional<CelType> findType(String name) {
            return structs.stream().filter(type -> type.name().equals(name)).findFirst();
        }
    }
}
