package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.managed.FieldType;
import io.kvorum.api.managed.Overlay;
import io.kvorum.api.managed.TypeMismatchException;
import io.kvorum.api.patch.JsonPatch;
import io.kvorum.api.schema.Decoder;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import io.kvorum.cel.Expressions;
import io.kvorum.cel.Mutation;
import java.util.ArrayList;
import java.util.List;

/** One generation of a MutatingAdmissionPolicy, ready to run. */
final class CompiledMutation {
    private final Preamble preamble;
    private final boolean reinvocable;
    private final List<Step> steps = new ArrayList<>();

    /** @param patch whether it is a JSON patch; else fields to apply */
    private record Step(Mutation mutation, boolean patch) {}

    /** Why a step could not be done though its expression was evaluated. */
    private static final class NotDone extends Exception {
        private static final long serialVersionUID = 1;

        NotDone(String message) {
            super(message);
        }
    }

    private CompiledMutation(Preamble preamble, boolean reinvocable) {
        this.preamble = preamble;
        this.reinvocable = reinvocable;
    }

    /** @param problems takes what does not compile; such expressions are left out */
    static CompiledMutation of(JsonNode policy, List<Compilation.Problem> problems) {
        Compilation compilation = Compilation.mutating(policy, problems);
        CompiledMutation compiled = new CompiledMutation(
                Preamble.of(policy, compilation),
                Tree.text(policy, "spec", "reinvocationPolicy").equals("IfNeeded"));
        List<JsonNode> mutations = Tree.items(policy, "spec", "mutations");
        for (int i = 0; i < mutations.size(); i++) {
            boolean patch = Tree.text(mutations.get(i), "patchType").equals("JSONPatch");
            String form = patch ? "jsonPatch" : "applyConfiguration";
            Expression expression = compilation.compile(
                    "spec.mutations[" + i + "]." + form + ".expression",
                    Tree.text(mutations.get(i), form, "expression"),
                    patch ? Expressions.Result.JSON_PATCH : Expressions.Result.OBJECT);
            if (expression != null) {
                compiled.steps.add(new Step(Mutation.of(expression), patch));
            }
        }
        return compiled;
    }

    Preamble preamble() {
        return preamble;
    }

    /** Whether it wants to see what others change after it. */
    boolean reinvocable() {
        return reinvocable;
    }

    /**
     * The object as the policy wants it.
     *
     * @param type of the object
     * @param problems takes why steps could not be done; the others are
     * @throws ApiException what a patch made of the object is not of its kind
     */
    ObjectNode mutate(ResourceInfo info, FieldType type, ObjectNode object, Inputs given, List<String> problems) {
        ObjectNode now = object;
        Preamble.Variables variables = preamble.variables(given);
        for (Step step : steps) {
            Inputs inputs = variables.inputs().with("object", (JsonNode) now);
            try {
                now = step.patch()
                        ? patched(info, now, step.mutation().patch(inputs.json(), inputs.others()))
                        : applied(info, type, now, step.mutation().configuration(inputs.json(), inputs.others()));
            } catch (NotDone e) {
                problems.add(String.valueOf(e.getMessage()));
            } catch (CelProblem e) {
                String why = e.getCause() instanceof CelProblem evaluation
                        ? variables.failure(step.mutation().expression(), evaluation)
                        : e.getMessage();
                problems.add(why);
            }
        }
        return now;
    }

    private static ObjectNode applied(ResourceInfo info, FieldType type, ObjectNode object, ObjectNode configuration)
            throws NotDone {
        ObjectNode config =
                Tree.newObject().put("apiVersion", info.apiVersion()).put("kind", info.kind());
        config.setAll(configuration);
        try {
            ObjectNode merged = Overlay.apply(type, object, config);
            return defaulted(
                    info, Decoder.decode(info, merged, FieldValidation.IGNORE).object());
        } catch (TypeMismatchException e) {
            throw new NotDone("error applying patch: " + e.getMessage());
        }
    }

    private static ObjectNode patched(ResourceInfo info, ObjectNode object, JsonNode patch) throws NotDone {
        ObjectNode result;
        try {
            // A test that does not hold means that the patch is not wanted.
            result = JsonPatch.applyWhereTestsHold(object, patch).orElse(object);
        } catch (ApiException e) {
            throw new NotDone("JSONPath: " + e.getMessage());
        }
        try {
            return defaulted(
                    info, Decoder.decode(info, result, FieldValidation.STRICT).object());
        } catch (ApiException e) {
            throw ApiException.internal(String.valueOf(e.getMessage()));
        }
    }

    private static ObjectNode defaulted(ResourceInfo info, ObjectNode object) {
        Defaults.apply(info, object);
        return object;
    }
}
