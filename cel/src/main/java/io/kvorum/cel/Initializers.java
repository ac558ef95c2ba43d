package io.kvorum.cel;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableMap;
import dev.cel.common.ast.CelMutableExpr.CelMutableStruct;
import dev.cel.common.ast.CelMutableExprConverter;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The initializers of a mutation, {@code Object.spec{replicas: 1}} and {@code JSONPatch{op: "remove", path: "/spec"}}. Their
 * types are as many as there are paths of fields, so none of them is declared beforehand: each initializer becomes the call of
 * a function that takes its fields as a map and gives a value of its type.
 */
final class Initializers {
    /** The type of an object that is applied; those of its fields follow, {@code Object.spec.template}. */
    static final String OBJECT = "Object";

    static final String JSON_PATCH = "JSONPatch";

    private static final Set<String> JSON_PATCH_FIELDS = Set.of("op", "path", "from", "value");
    private static final CelType FIELDS = MapType.create(SimpleType.STRING, SimpleType.DYN);

    private final Set<String> types = new LinkedHashSet<>();
    private long lastId;

    /**
     * What an initializer made.
     *
     * @param type its name as it was written
     * @param fields values of CEL by name
     */
    record Made(String type, Map<?, ?> fields) {}

    /** A tree without initializers, and the functions it calls instead. */
    record Rewritten(
            CelAbstractSyntaxTree tree, List<CelFunctionDecl> declarations, List<CelFunctionBinding> bindings) {}

    /** @throws CelProblem for a field that no JSON patch has */
    static Rewritten rewrite(CelAbstractSyntaxTree parsed) throws CelProblem {
        Initializers all = new Initializers();
        CelMutableExpr root = CelMutableExprConverter.fromCelExpr(parsed.getExpr());
        all.each(root, expression -> all.lastId = Math.max(all.lastId, expression.id()));
        List<CelMutableExpr> found = new ArrayList<>();
        all.each(root, expression -> {
            if (isInitializer(expression)) {
                found.add(expression);
            }
        });
        for (CelMutableExpr initializer : found) {
            all.replace(initializer);
        }
        CelAbstractSyntaxTree tree =
                CelAbstractSyntaxTree.newParsedAst(CelMutableExprConverter.fromMutableExpr(root), parsed.getSource());
        return new Rewritten(
                tree,
                all.types.stream().map(Initializers::declaration).toList(),
                all.types.stream().map(Initializers::binding).toList());
    }

    private static boolean isInitializer(CelMutableExpr expression) {
        if (expression.getKind() != CelExpr.ExprKind.Kind.STRUCT) {
            return false;
        }
        String type = expression.struct().messageName();
        return type.equals(OBJECT) || type.startsWith(OBJECT + ".") || type.equals(JSON_PATCH);
    }

    private void replace(CelMutableExpr initializer) throws CelProblem {
        CelMutableStruct struct = initializer.struct();
        String type = struct.messageName();
        List<CelMutableMap.Entry> entries = new ArrayList<>();
        for (CelMutableStruct.Entry field : struct.entries()) {
            if (type.equals(JSON_PATCH) && !JSON_PATCH_FIELDS.contains(field.fieldKey())) {
                throw new CelProblem("compilation failed: undefined field '" + field.fieldKey() + "'");
            }
            CelMutableExpr key = CelMutableExpr.ofConstant(++lastId, CelConstant.ofValue(field.fieldKey()));
            entries.add(CelMutableMap.Entry.create(++lastId, key, field.value(), field.optionalEntry()));
        }
        types.add(type);
        initializer.setCall(
                CelMutableCall.create(function(type), CelMutableExpr.ofMap(++lastId, CelMutableMap.create(entries))));
    }

    private static String function(String type) {
        return "@new_" + type;
    }

    private static CelFunctionDecl declaration(String type) {
        return CelFunctionDecl.newFunctionDeclaration(
                function(type),
                ImmutableList.of(
                        CelOverloadDecl.newGlobalOverload(function(type), StructTypeReference.create(type), FIELDS)));
    }

    private static CelFunctionBinding binding(String type) {
        return CelFunctionBinding.from(function(type), Map.class, fields -> new Made(type, fields));
    }

    /** Visits an expression and all in it. */
    private void each(CelMutableExpr expression, Consumer<CelMutableExpr> visitor) {
        switch (expression.getKind()) {
            case SELECT -> each(expression.select().operand(), visitor);
            case CALL -> {
                expression.call().target().ifPresent(target -> each(target, visitor));
                expression.call().args().forEach(argument -> each(argument, visitor));
            }
            case LIST -> expression.list().elements().forEach(element -> each(element, visitor));
            case STRUCT ->
                expression.struct().entries().forEach(field -> {
                    lastId = Math.max(lastId, field.id());
                    each(field.value(), visitor);
                });
            case MAP ->
                expression.map().entries().forEach(entry -> {
                    lastId = Math.max(lastId, entry.id());
                    each(entry.key(), visitor);
                    each(entry.value(), visitor);
                });
            case COMPREHENSION -> {
                CelMutableExpr.CelMutableComprehension loop = expression.comprehension();
                each(loop.iterRange(), visitor);
                each(loop.accuInit(), visitor);
                each(loop.loopCondition(), visitor);
                each(loop.loopStep(), visitor);
                each(loop.result(), visitor);
            }
            default -> {
                // Has no parts.
            }
        }
        visitor.accept(expression);
    }
}
