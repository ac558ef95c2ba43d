package io.kvorum.api.selector;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Requirements on selectable fields of an object, all of which must hold. Immutable. */
public final class FieldSelector {
    private static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    private final List<Requirement> requirements;

    private FieldSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /** @param equal whether the field must equal the value, or must not */
    public record Requirement(String field, boolean equal, String value) {}

    public static FieldSelector everything() {
        return EVERYTHING;
    }

    public static FieldSelector of(List<Requirement> requirements) {
        return requirements.isEmpty() ? EVERYTHING : new FieldSelector(requirements);
    }

    /**
     * Reads the string form, as in {@code ?fieldSelector=}; empty selects everything.
     *
     * @throws ApiException BadRequest with upstream's text, also for a field the resource does not offer
     */
    public static FieldSelector parse(String text, ResourceInfo resource) {
        return parse(text, field -> SelectableFields.check(resource, field));
    }

    /**
     * The same where it is not known which fields there are.
     *
     * @throws ApiException BadRequest with upstream's text
     */
    public static FieldSelector parse(String text) {
        return parse(text, field -> {});
    }

    private static FieldSelector parse(String text, Consumer<String> check) {
        List<Requirement> requirements = new ArrayList<>();
        for (String term : split(text)) {
            if (term.isEmpty()) {
                continue;
            }
            int at = operatorAt(term);
            if (at < 0) {
                throw ApiException.badRequest("invalid selector: '" + text + "'; can't understand '" + term + "'");
            }
            boolean equal = term.charAt(at) == '=';
            int width = term.startsWith("==", at) || term.startsWith("!=", at) ? 2 : 1;
            String field = term.substring(0, at);
            check.accept(field);
            requirements.add(new Requirement(field, equal, unescape(term.substring(at + width))));
        }
        return of(requirements);
    }

    public boolean matches(JsonNode object) {
        for (Requirement requirement : requirements) {
            boolean same = SelectableFields.value(object, requirement.field()).equals(requirement.value());
            if (same != requirement.equal()) {
                return false;
            }
        }
        return true;
    }

    public boolean isEverything() {
        return requirements.isEmpty();
    }

    public List<Requirement> requirements() {
        return requirements;
    }

    /** The value the field must have, if the selector asks for exactly one: {@code spec.nodeName=n1}. */
    public Optional<String> requiredValue(String field) {
        return requirements.stream()
                .filter(requirement ->
                        requirement.equal() && requirement.field().equals(field))
                .map(Requirement::value)
                .findFirst();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSelector selector && requirements.equals(selector.requirements);
    }

    @Override
    public int hashCode() {
        return requirements.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Requirement requirement : requirements) {
            text.append(text.length() == 0 ? "" : ",")
                    .append(requirement.field())
                    .append(requirement.equal() ? "=" : "!=")
                    .append(requirement
                            .value()
                            .replace("\\", "\\\\")
                            .replace(",", "\\,")
                            .replace("=", "\\="));
        }
        return text.toString();
    }

    private static List<String> split(String text) {
        List<String> terms = new ArrayList<>();
        StringBuilder term = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                term.append(c).append(text.charAt(++i));
            } else if (c == ',') {
                terms.add(term.toString());
                term.setLength(0);
            } else {
                term.append(c);
            }
        }
        terms.add(term.toString());
        return terms;
    }

    private static int operatorAt(String term) {
        for (int i = 0; i < term.length(); i++) {
            if (term.charAt(i) == '\\') {
                i++;
            } else if (term.charAt(i) == '=' || term.startsWith("!=", i)) {
                return i;
            }
        }
        return -1;
    }

    private static String unescape(String value) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                if (i + 1 >= value.length() || "\\,=".indexOf(value.charAt(i + 1)) < 0) {
                    throw ApiException.badRequest("invalid field selector: invalid escape sequence: "
                            + value.substring(i, Math.min(i + 2, value.length())));
                }
                plain.append(value.charAt(++i));
            } else if (c == '=') {
                throw ApiException.badRequest("invalid field selector: unescaped character in value: =");
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
