package io.kvorum.kubelet.pods;

import java.util.Map;

/** Kubernetes' {@code $(NAME)} references: unknown ones stay as they are, {@code $$} is a literal dollar sign. */
final class VariableExpansion {
    private VariableExpansion() {}

    static String expand(String text, Map<String, String> variables) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '$' || i + 1 == text.length()) {
                out.append(c);
                i++;
                continue;
            }
            char next = text.charAt(i + 1);
            if (next == '$') {
                out.append('$');
                i += 2;
            } else if (next == '(') {
                int end = text.indexOf(')', i + 2);
                if (end < 0) {
                    out.append(text, i, text.length());
                    return out.toString();
                }
                String name = text.substring(i + 2, end);
                String value = variables.get(name);
                out.append(value == null ? text.substring(i, end + 1) : value);
                i = end + 1;
            } else {
                out.append('$').append(next);
                i += 2;
            }
        }
        return out.toString();
    }
}
