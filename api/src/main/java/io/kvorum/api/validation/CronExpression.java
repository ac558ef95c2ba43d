package io.kvorum.api.validation;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whether a text is a cron schedule: five fields, or one of the names that start with {@code @}. */
final class CronExpression {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final Set<String> NAMED =
            Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final int[][] RANGES = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};

    private CronExpression() {}

    /** What is wrong with it; empty for a good one. */
    static String problem(String text) {
        if (text.contains("TZ")) {
            return "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        }
        if (text.startsWith("@")) {
            boolean known = NAMED.contains(text) || text.matches("@every ([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+");
            return known ? "" : "unrecognized descriptor: " + text;
        }
        String[] fields = text.trim().split("\\s+");
        if (fields.length != 5) {
            return "expected exactly 5 fields, found " + fields.length + ": [" + String.join(" ", fields) + "]";
        }
        for (int i = 0; i < fields.length; i++) {
            for (String part : fields[i].split(",", -1)) {
                String wrong = part(part, i);
                if (!wrong.isEmpty()) {
                    return wrong;
                }
            }
        }
        return "";
    }

    private static String part(String part, int field) {
        String[] stepped = part.split("/", -1);
        if (stepped.length > 2) {
            return "too many slashes: " + part;
        }
        String[] ends = stepped[0].split("-", -1);
        if (ends.length > 2) {
            return "too many hyphens: " + part;
        }
        int low = RANGES[field][0];
        int high = RANGES[field][1];
        int start;
        int end;
        if (ends[0].equals("*") || ends[0].equals("?")) {
            start = low;
            end = high;
        } else {
            start = value(ends[0], field);
            if (start < 0) {
                return unparsed(ends[0]);
            }
            end = ends.length == 2 ? value(ends[1], field) : stepped.length == 2 ? high : start;
            if (end < 0) {
                return unparsed(ends[1]);
            }
        }
        if (start < low) {
            return "beginning of range (" + start + ") below minimum (" + low + "): " + part;
        }
        if (end > high) {
            return "end of range (" + end + ") above maximum (" + high + "): " + part;
        }
        if (start > end) {
            return "beginning of range (" + start + ") beyond end of range (" + end + "): " + part;
        }
        if (stepped.length == 2) {
            if (!stepped[1].matches("[0-9]{1,6}")) {
                return unparsed(stepped[1]);
            }
            if (Integer.parseInt(stepped[1]) == 0) {
                return "step of range should be a positive number: " + part;
            }
        }
        return "";
    }

    private static String unparsed(String number) {
        return "failed to parse int from " + number + ": strconv.Atoi: parsing \"" + number + "\": invalid syntax";
    }

    private static int value(String text, int field) {
        String name = text.toLowerCase(Locale.ROOT);
        if (field == 3 && MONTHS.contains(name)) {
            return MONTHS.indexOf(name) + 1;
        }
        if (field == 4 && DAYS.contains(name)) {
            return DAYS.indexOf(name);
        }
        return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
    }
}
