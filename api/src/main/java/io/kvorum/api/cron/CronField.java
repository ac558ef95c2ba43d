package io.kvorum.api.cron;

import java.util.List;
import java.util.Locale;

/** One field of a cron expression: which values it allows, as bits, and whether it was left open by a star. */
record CronField(long bits, boolean star) {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /** The fields in their order. */
    enum Kind {
        MINUTE(0, 59),
        HOUR(0, 23),
        DAY_OF_MONTH(1, 31),
        MONTH(1, 12),
        DAY_OF_WEEK(0, 6);

        private final int low;
        private final int high;

        Kind(int low, int high) {
            this.low = low;
            this.high = high;
        }

        private int value(String text) {
            String name = text.toLowerCase(Locale.ROOT);
            if (this == MONTH && MONTHS.contains(name)) {
                return MONTHS.indexOf(name) + 1;
            }
            if (this == DAY_OF_WEEK && DAYS.contains(name)) {
                return DAYS.indexOf(name);
            }
            if (!text.matches("[0-9]{1,6}")) {
                throw unparsed(text);
            }
            return Integer.parseInt(text);
        }
    }

    /** @throws IllegalArgumentException in the words of upstream's parser */
    static CronField parse(String text, Kind kind) {
        long bits = 0;
        boolean star = false;
        for (String part : text.split(",", -1)) {
            CronField one = part(part, kind);
            bits |= one.bits;
            star |= one.star;
        }
        return new CronField(bits, star);
    }

    private static CronField part(String part, Kind kind) {
        String[] stepped = part.split("/", -1);
        if (stepped.length > 2) {
            throw new IllegalArgumentException("too many slashes: " + part);
        }
        String[] ends = stepped[0].split("-", -1);
        if (ends.length > 2) {
            throw new IllegalArgumentException("too many hyphens: " + part);
        }
        boolean open = ends[0].equals("*") || ends[0].equals("?");
        int start = open ? kind.low : kind.value(ends[0]);
        int end = open ? kind.high : ends.length == 2 ? kind.value(ends[1]) : stepped.length == 2 ? kind.high : start;
        if (start < kind.low) {
            throw range("beginning of range (" + start + ") below minimum (" + kind.low + ")", part);
        }
        if (end > kind.high) {
            throw range("end of range (" + end + ") above maximum (" + kind.high + ")", part);
        }
        if (start > end) {
            throw range("beginning of range (" + start + ") beyond end of range (" + end + ")", part);
        }
        int step = stepped.length == 2 ? step(stepped[1], part) : 1;
        long bits = 0;
        for (int i = start; i <= end; i += step) {
            bits |= 1L << i;
        }
        return new CronField(bits, open && step == 1);
    }

    private static int step(String text, String part) {
        if (!text.matches("[0-9]{1,6}")) {
            throw unparsed(text);
        }
        int step = Integer.parseInt(text);
        if (step == 0) {
            throw new IllegalArgumentException("step of range should be a positive number: " + part);
        }
        return step;
    }

    private static IllegalArgumentException range(String what, String part) {
        return new IllegalArgumentException(what + ": " + part);
    }

    private static IllegalArgumentException unparsed(String number) {
        return new IllegalArgumentException(
                "failed to parse int from " + number + ": strconv.Atoi: parsing \"" + number + "\": invalid syntax");
    }

    boolean allows(int value) {
        return (bits & 1L << value) != 0;
    }
}
