package io.kvorum.images;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Flags as Go programs take them: {@code -name=value}, {@code --name value}, {@code -switch}; the rest are arguments. */
record GoFlags(Map<String, String> values, List<String> arguments) {
    static GoFlags parse(String[] args) {
        Map<String, String> values = new HashMap<>();
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (!arg.startsWith("-") || arg.equals("-")) {
                arguments.add(arg);
                continue;
            }
            String flag = arg.replaceFirst("^--?", "");
            int equals = flag.indexOf('=');
            if (equals >= 0) {
                values.put(flag.substring(0, equals), flag.substring(equals + 1));
            } else if (i + 1 < args.length && !args[i + 1].startsWith("-")) {
                values.put(flag, args[++i]);
            } else {
                values.put(flag, "true");
            }
        }
        return new GoFlags(values, arguments);
    }

    String value(String name, String fallback) {
        return values.getOrDefault(name, fallback);
    }
}
