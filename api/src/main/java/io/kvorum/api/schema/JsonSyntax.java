package io.kvorum.api.schema;

import java.nio.charset.StandardCharsets;

/** Finds the first error in a text and says it in the words of Go's encoding/json. */
final class JsonSyntax {
    /** Deeper text is refused before this class's own recursion could exhaust the stack. */
    private static final int MAX_DEPTH = 1000;

    private static final String END = "unexpected end of JSON input";

    private final byte[] json;
    private int at;

    private JsonSyntax(byte[] json) {
        this.json = json;
    }

    /** Empty if the text is JSON. */
    static String error(byte[] json) {
        JsonSyntax syntax = new JsonSyntax(json);
        try {
            syntax.value(0);
            syntax.space();
            return syntax.at < json.length ? syntax.invalid("after top-level value") : "";
        } catch (Malformed e) {
            return e.words;
        }
    }

    private static final class Malformed extends RuntimeException {
        private final String words;

        Malformed(String words) {
            super(words, null, false, false);
            this.words = words;
        }
    }

    private void value(int depth) {
        space();
        int c = peek();
        if (depth > MAX_DEPTH) {
            throw new Malformed("exceeded max depth");
        } else if (c == '{') {
            object(depth);
        } else if (c == '[') {
            array(depth);
        } else if (c == '"') {
            string();
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            number();
        } else if (c == 't') {
            literal("true");
        } else if (c == 'f') {
            literal("false");
        } else if (c == 'n') {
            literal("null");
        } else {
            throw new Malformed(invalid("looking for beginning of value"));
        }
    }

    private void object(int depth) {
        at++;
        space();
        if (peek() == '}') {
            at++;
            return;
        }
        while (true) {
            space();
            if (peek() != '"') {
                throw new Malformed(invalid("looking for beginning of object key string"));
            }
            string();
            space();
            if (peek() != ':') {
                throw new Malformed(invalid("after object key"));
            }
            at++;
            value(depth + 1);
            space();
            int c = peek();
            if (c != ',' && c != '}') {
                throw new Malformed(invalid("after object key:value pair"));
            }
            at++;
            if (c == '}') {
                return;
            }
        }
    }

    private void array(int depth) {
        at++;
        space();
        if (peek() == ']') {
            at++;
            return;
        }
        while (true) {
            value(depth + 1);
            space();
            int c = peek();
            if (c != ',' && c != ']') {
                throw new Malformed(invalid("after array element"));
            }
            at++;
            if (c == ']') {
                return;
            }
        }
    }

    private void string() {
        at++;
        for (int c = peek(); c != '"'; c = peek()) {
            if (c < 0x20) {
                throw new Malformed(invalid("in string literal"));
            }
            at++;
            if (c == '\\') {
                escape();
            }
        }
        at++;
    }

    private void escape() {
        int c = peek();
        if (c == 'u') {
            at++;
            for (int i = 0; i < 4; i++, at++) {
                if (Character.digit(peek(), 16) < 0) {
                    throw new Malformed(invalid("in \\u hexadecimal character escape"));
                }
            }
        } else if ("\"\\/bfnrt".indexOf(c) < 0) {
            throw new Malformed(invalid("in string escape code"));
        } else {
            at++;
        }
    }

    private void number() {
        if (peek() == '-') {
            at++;
            if (!digit(peek())) {
                throw new Malformed(invalid("in numeric literal"));
            }
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < json.length && json[at] == '.') {
            at++;
            if (!digit(peek())) {
                throw new Malformed(invalid("after decimal point in numeric literal"));
            }
            digits();
        }
        if (at < json.length && (json[at] == 'e' || json[at] == 'E')) {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            if (!digit(peek())) {
                throw new Malformed(invalid("in exponent of numeric literal"));
            }
            digits();
        }
    }

    private void digits() {
        while (at < json.length && digit(json[at])) {
            at++;
        }
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private void literal(String word) {
        for (int i = 0; i < word.length(); i++, at++) {
            if (peek() != word.charAt(i)) {
                throw new Malformed(invalid("in literal " + word + " (expecting '" + word.charAt(i) + "')"));
            }
        }
    }

    private void space() {
        while (at < json.length && " \t\r\n".indexOf(json[at]) >= 0) {
            at++;
        }
    }

    private int peek() {
        if (at >= json.length) {
            throw new Malformed(END);
        }
        return json[at] & 0xff;
    }

    private String invalid(String where) {
        int c = json[at] & 0xff;
        String shown;
        if (c == '\'') {
            shown = "'\\''";
        } else if (c == '"') {
            shown = "'\"'";
        } else if (c == '\n') {
            shown = "'\\n'";
        } else if (c == '\t') {
            shown = "'\\t'";
        } else if (c == '\r') {
            shown = "'\\r'";
        } else if (c < 0x20) {
            shown = String.format("'\\x%02x'", c);
        } else {
            shown = "'" + new String(new byte[] {(byte) c}, StandardCharsets.ISO_8859_1) + "'";
        }
        return "invalid character " + shown + " " + where;
    }
}
