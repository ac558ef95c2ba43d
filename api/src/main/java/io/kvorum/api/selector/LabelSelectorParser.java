package io.kvorum.api.selector;

import io.kvorum.api.ApiException;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.selector.LabelSelector.Operator;
import io.kvorum.api.selector.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Recursive descent over the string form of a label selector. One use each. */
final class LabelSelectorParser {
    private static final String SPECIAL = "=!(),><";
    private static final Set<String> SYMBOLS = Set.of("=", "==", "!=", "!", "(", ")", ",", ">", "<");

    private enum Type {
        IDENTIFIER,
        SYMBOL,
        END
    }

    private record Token(Type type, String text) {
        boolean is(String symbol) {
            return type == Type.SYMBOL && text.equals(symbol);
        }

        boolean isIdentifier() {
            return type == Type.IDENTIFIER;
        }
    }

    private final List<Token> tokens = new ArrayList<>();
    private int next;

    LabelSelectorParser(String text) {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (" \t\r\n".indexOf(c) >= 0) {
                at++;
            } else if (SPECIAL.indexOf(c) >= 0) {
                int end = at + 1;
                if (end < text.length() && SYMBOLS.contains(text.substring(at, end + 1))) {
                    end++;
                }
                tokens.add(new Token(Type.SYMBOL, text.substring(at, end)));
                at = end;
            } else {
                int end = at;
                while (end < text.length() && (SPECIAL + " \t\r\n").indexOf(text.charAt(end)) < 0) {
                    end++;
                }
                tokens.add(new Token(Type.IDENTIFIER, text.substring(at, end)));
                at = end;
            }
        }
        tokens.add(new Token(Type.END, ""));
    }

    LabelSelector parse() {
        List<Requirement> requirements = new ArrayList<>();
        while (true) {
            Token ahead = peek();
            if (ahead.type() == Type.END) {
                break;
            }
            if (!ahead.isIdentifier() && !ahead.is("!")) {
                throw bad("found '" + ahead.text() + "', expected: !, identifier, or 'end of string'");
            }
            requirements.add(requirement());
            Token separator = take();
            if (separator.type() == Type.END) {
                break;
            }
            if (!separator.is(",")) {
                throw bad("found '" + separator.text() + "', expected: ',' or 'end of string'");
            }
            if (!peek().isIdentifier() && !peek().is("!")) {
                throw bad("found '" + peek().text() + "', expected: identifier after ','");
            }
        }
        requirements.sort(Comparator.comparing(Requirement::key));
        return requirements.isEmpty() ? LabelSelector.everything() : new LabelSelector(requirements, false);
    }

    private Requirement requirement() {
        boolean not = peek().is("!");
        if (not) {
            take();
        }
        Token key = take();
        if (!key.isIdentifier()) {
            throw badRequirement("found '" + key.text() + "', expected: identifier");
        }
        List<String> wrong = ObjectNames.labelKey(key.text());
        if (!wrong.isEmpty()) {
            throw badRequirement("key: Invalid value: \"" + key.text() + "\": " + String.join("; ", wrong));
        }
        if (not) {
            return new Requirement(key.text(), Operator.DOES_NOT_EXIST, List.of());
        }
        if (peek().type() == Type.END || peek().is(",")) {
            return new Requirement(key.text(), Operator.EXISTS, List.of());
        }
        Operator operator = operator();
        List<String> values =
                operator == Operator.IN || operator == Operator.NOT_IN ? valueList() : List.of(exactValue());
        check(key.text(), operator, values);
        return new Requirement(key.text(), operator, values);
    }

    private Operator operator() {
        Token token = take();
        for (Operator operator :
                List.of(Operator.IN, Operator.NOT_IN, Operator.EQUALS, Operator.DOUBLE_EQUALS, Operator.NOT_EQUALS)) {
            if (operator.text().equals(token.text())) {
                return operator;
            }
        }
        if (token.is(">")) {
            return Operator.GREATER_THAN;
        }
        if (token.is("<")) {
            return Operator.LESS_THAN;
        }
        throw badRequirement("found '" + token.text() + "', expected: in, notin, =, ==, !=, gt, lt");
    }

    private List<String> valueList() {
        Token open = take();
        if (!open.is("(")) {
            throw badRequirement("found '" + open.text() + "' expected: '('");
        }
        TreeSet<String> values = new TreeSet<>();
        if (peek().is(")")) {
            take();
            return List.of();
        }
        if (!peek().isIdentifier() && !peek().is(",")) {
            throw badRequirement("found '" + peek().text() + "', expected: ',', ')' or identifier");
        }
        // An empty place between commas is the empty value.
        while (true) {
            if (peek().isIdentifier()) {
                values.add(take().text());
            } else if (peek().is(",") || peek().is(")")) {
                values.add("");
            } else {
                throw badRequirement("found '" + peek().text() + "', expected: ',', or identifier");
            }
            Token after = take();
            if (after.is(")")) {
                return List.copyOf(values);
            }
            if (!after.is(",")) {
                throw badRequirement("found '" + after.text() + "', expected: ',' or ')'");
            }
        }
    }

    private String exactValue() {
        if (peek().type() == Type.END || peek().is(",")) {
            return "";
        }
        Token value = take();
        if (!value.isIdentifier()) {
            throw badRequirement("found '" + value.text() + "', expected: identifier");
        }
        return value.text();
    }

    private static void check(String key, Operator operator, List<String> values) {
        if (values.isEmpty()) {
            throw badRequirement("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
        }
        if (operator == Operator.GREATER_THAN || operator == Operator.LESS_THAN) {
            if (!values.get(0).matches("[+-]?[0-9]{1,18}")) {
                throw badRequirement("values[0]: Invalid value: \"" + values.get(0)
                        + "\": for 'Gt', 'Lt' operators, the value must be an integer");
            }
            return;
        }
        for (int i = 0; i < values.size(); i++) {
            List<String> wrong = ObjectNames.labelValue(values.get(i));
            if (!wrong.isEmpty()) {
                throw badRequirement("values[" + i + "][" + key + "]: Invalid value: \"" + values.get(i) + "\": "
                        + String.join("; ", wrong));
            }
        }
    }

    private Token peek() {
        return tokens.get(next);
    }

    private Token take() {
        Token token = tokens.get(next);
        if (token.type() != Type.END) {
            next++;
        }
        return token;
    }

    private static ApiException badRequirement(String message) {
        return bad("unable to parse requirement: " + message);
    }

    private static ApiException bad(String message) {
        return ApiException.badRequest(message);
    }
}
