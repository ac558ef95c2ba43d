package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException.Cause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The validation rules ({@code x-kubernetes-validations}) of one version, compiled. Safe for use by several threads. */
@FunctionalInterface
public interface RuleSet {
    /** No rules. */
    RuleSet NONE = (object, old) -> List.of();

    /**
     * The findings of all rules that apply.
     *
     * @param object defaulted and valid otherwise
     * @param old the object before an update; null for a creation, where transition rules do not apply
     */
    List<Cause> check(JsonNode object, @Nullable JsonNode old);

    /** Makes the rules of a schema ready to run. */
    @FunctionalInterface
    interface Compiler {
        /** The compiler that leaves rules out. */
        Compiler NONE = schema -> RuleSet.NONE;

        /** Rules that do not compile answer with a finding when they are run; definitions with such rules are refused. */
        RuleSet compile(StructuralSchema schema);

        /**
         * What is wrong with the rules of a schema of a new or changed definition.
         *
         * @param path of the schema in the definition
         */
        default List<Cause> problems(StructuralSchema schema, String path) {
            return List.of();
        }
    }
}
