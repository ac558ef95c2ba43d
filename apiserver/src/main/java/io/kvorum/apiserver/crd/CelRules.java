package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException.Cause;
import io.kvorum.api.custom.RuleSet;
import io.kvorum.api.custom.StructuralSchema;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.cel.SchemaRules;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Validation rules in CEL. Compiled when an object is first checked. How long they take is told under the names that kube-apiserver
 * has for it, the rules of a whole schema at once.
 */
public final class CelRules implements RuleSet.Compiler {
    private static final String RULES = "x-kubernetes-validations";

    private final Histogram compilations;
    private final Histogram evaluations;

    public CelRules(Meters meters) {
        compilations = meters.histogram(
                "apiserver_cel_compilation_duration_seconds",
                "How long it took to compile the validation rules of a schema.",
                Meters.SECONDS);
        evaluations = meters.histogram(
                "apiserver_cel_evaluation_duration_seconds",
                "How long it took to evaluate the validation rules of an object.",
                Meters.SECONDS);
    }

    @Override
    public RuleSet compile(StructuralSchema schema) {
        return schema.source().findValue(RULES) == null ? RuleSet.NONE : new Compiled(schema.source());
    }

    @Override
    public List<Cause> problems(StructuralSchema schema, String path) {
        List<Cause> problems = new ArrayList<>();
        if (schema.source().findValue(RULES) == null) {
            return problems;
        }
        long began = System.nanoTime();
        List<SchemaRules.Problem> found = SchemaRules.problems(schema.source());
        observe(compilations, began);
        for (SchemaRules.Problem problem : found) {
            String at = problem.path().isEmpty() ? path : path + "." + problem.path();
            problems.add(
                    problem.cost()
                            ? new Cause("FieldValueForbidden", "Forbidden: " + problem.message(), at)
                            : new Cause(
                                    "FieldValueInvalid",
                                    "Invalid value: \"" + problem.rule() + "\": " + problem.message(),
                                    at));
        }
        return problems;
    }

    private static void observe(Histogram durations, long began) {
        durations.observe((System.nanoTime() - began) / 1e9);
    }

    private static Cause cause(SchemaRules.Finding finding) {
        String value = ": \"" + finding.type() + "\"";
        String message = switch (finding.reason()) {
            case "FieldValueRequired" -> "Required value: " + finding.message();
            case "FieldValueForbidden" -> "Forbidden: " + finding.message();
            case "FieldValueDuplicate" -> "Duplicate value" + value;
            default -> "Invalid value" + value + ": " + finding.message();
        };
        return new Cause(finding.reason(), message, finding.path().isEmpty() ? "<nil>" : finding.path());
    }

    private final class Compiled implements RuleSet {
        private final JsonNode schema;
        private volatile @Nullable SchemaRules rules;

        Compiled(JsonNode schema) {
            this.schema = schema;
        }

        @Override
        public List<Cause> check(JsonNode object, @Nullable JsonNode old) {
            SchemaRules ready = rules;
            if (ready == null) {
                long began = System.nanoTime();
                ready = SchemaRules.of(schema);
                observe(compilations, began);
                rules = ready;
            }
            long began = System.nanoTime();
            List<SchemaRules.Finding> found = ready.check(object, old);
            observe(evaluations, began);
            return found.stream().map(CelRules::cause).toList();
        }
    }
}
