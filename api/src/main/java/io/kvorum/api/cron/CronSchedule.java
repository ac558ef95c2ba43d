package io.kvorum.api.cron;

import io.kvorum.api.GoDuration;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * When a CronJob is due, as robfig/cron v3 understands it: five fields (minute, hour, day of month, month, day of week) or a
 * name such as {@code @hourly}, or {@code @every 90s}. If both days are restricted, either is enough.
 */
public final class CronSchedule {
    private static final Map<String, String> NAMED = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final String EVERY = "@every ";

    /** After so many years without a time there is none: the 30th of February. */
    private static final int MOST_YEARS = 5;

    private final CronField minutes;
    private final CronField hours;
    private final CronField daysOfMonth;
    private final CronField months;
    private final CronField daysOfWeek;
    private final Duration every;

    private CronSchedule(String[] fields, Duration every) {
        minutes = CronField.parse(fields[0], CronField.Kind.MINUTE);
        hours = CronField.parse(fields[1], CronField.Kind.HOUR);
        daysOfMonth = CronField.parse(fields[2], CronField.Kind.DAY_OF_MONTH);
        months = CronField.parse(fields[3], CronField.Kind.MONTH);
        daysOfWeek = CronField.parse(fields[4], CronField.Kind.DAY_OF_WEEK);
        this.every = every;
    }

    /** @throws IllegalArgumentException in the words of upstream's parser */
    public static CronSchedule parse(String text) {
        if (text.contains("TZ")) {
            throw new IllegalArgumentException("cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
        if (text.startsWith(EVERY)) {
            return new CronSchedule("* * * * *".split(" "), interval(text));
        }
        String expression = text;
        if (text.startsWith("@")) {
            String known = NAMED.get(text);
            if (known == null) {
                throw new IllegalArgumentException("unrecognized descriptor: " + text);
            }
            expression = known;
        }
        String[] fields = expression.trim().split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException(
                    "expected exactly 5 fields, found " + fields.length + ": [" + String.join(" ", fields) + "]");
        }
        return new CronSchedule(fields, Duration.ZERO);
    }

    private static Duration interval(String text) {
        try {
            Duration given = GoDuration.parse(text.substring(EVERY.length()));
            // Whole seconds, one at least.
            return Duration.ofSeconds(Math.max(1, given.toSeconds()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("failed to parse duration " + text + ": " + e.getMessage(), e);
        }
    }

    /**
     * The first time after {@code time} in its zone; none within five years when there is none. Hours that a change of the
     * clocks leaves out are left out; those that it repeats count once for each hour of real time.
     */
    public Optional<ZonedDateTime> next(ZonedDateTime time) {
        if (!every.isZero()) {
            return Optional.of(time.plus(every).truncatedTo(ChronoUnit.SECONDS));
        }
        ZonedDateTime at = time.plusMinutes(1).truncatedTo(ChronoUnit.MINUTES);
        int lastYear = at.getYear() + MOST_YEARS;
        while (at.getYear() <= lastYear) {
            if (!months.allows(at.getMonthValue())) {
                at = midnight(at.withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS).plusMonths(1));
            } else if (!dayAllowed(at)) {
                at = midnight(at.truncatedTo(ChronoUnit.DAYS).plusDays(1));
            } else if (!hours.allows(at.getHour())) {
                at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minutes.allows(at.getMinute())) {
                at = at.plusMinutes(1);
            } else {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    /** Where clocks change at midnight, the day may begin later. */
    private static ZonedDateTime midnight(ZonedDateTime day) {
        return day.toLocalDate().atStartOfDay(day.getZone());
    }

    private boolean dayAllowed(ZonedDateTime at) {
        boolean ofMonth = daysOfMonth.allows(at.getDayOfMonth());
        boolean ofWeek = daysOfWeek.allows(at.getDayOfWeek().getValue() % 7);
        return daysOfMonth.star() || daysOfWeek.star() ? ofMonth && ofWeek : ofMonth || ofWeek;
    }
}
