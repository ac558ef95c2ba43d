package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException.Cause;
import io.kvorum.api.custom.RuleSet;
import io.kvorum.api.custom.StructuralSchema;
import io.kvorum.cel.SchemaRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Validation rules in CEL. Compiled when an object is first checked. */
public final class CelRules implements RuleSet.Compiler {
    private static final String RULES = "x-kubernetes-validations";

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
        for (SchemaRules.Problem problem : SchemaRules.problems(schema.source())) {
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

    private static final class Compiled implements RuleSet {
        private final JsonNode schema;
        private volatile @Nullable SchemaRules rules;

        Compiled(JsonNode schema) {
            this.schema = schema;
        }

        @Override
        public List<Cause> check(JsonNode object, @Nullable JsonNode old) {
            SchemaRules ready = rules;
            if (ready == null) {
                ready = SchemaRules.of(schema);
                rules = ready;
            }
            return ready.check(object, old).stream().map(Compiled::cause).toList();
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
    }
}
