package io.kvorum.api.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {
    @ParameterizedTest
    @CsvSource({
        "* * * * *,           2026-01-01T00:00:00Z, 2026-01-01T00:01:00Z",
        "* * * * *,           2026-01-01T00:00:59Z, 2026-01-01T00:01:00Z",
        "*/15 * * * *,        2026-01-01T00:15:00Z, 2026-01-01T00:30:00Z",
        "20-35/15 * * * *,    2026-01-01T00:20:00Z, 2026-01-01T00:35:00Z",
        "5/30 * * * *,        2026-01-01T00:06:00Z, 2026-01-01T00:35:00Z",
        "0 0 31 * *,          2026-02-01T00:00:00Z, 2026-03-31T00:00:00Z",
        "0 12 * * MON-FRI,    2026-01-03T00:00:00Z, 2026-01-05T12:00:00Z",
        "0 0 13 * fri,        2026-01-10T00:00:00Z, 2026-01-13T00:00:00Z",
        "0 0 13 * fri,        2026-01-13T00:00:00Z, 2026-01-16T00:00:00Z",
        "0 0 */10 * *,        2026-01-02T00:00:00Z, 2026-01-11T00:00:00Z",
        "0 0 29 Feb ?,        2026-01-01T00:00:00Z, 2028-02-29T00:00:00Z",
        "@yearly,             2026-06-01T00:00:00Z, 2027-01-01T00:00:00Z",
        "@weekly,             2026-01-01T00:00:00Z, 2026-01-04T00:00:00Z",
        "@hourly,             2026-01-01T00:30:00Z, 2026-01-01T01:00:00Z",
        "@every 1h30m,        2026-01-01T00:30:00.5Z, 2026-01-01T02:00:00Z",
        "@every 10ms,         2026-01-01T00:00:00Z, 2026-01-01T00:00:01Z",
    })
    void saysWhenItIsDueNext(String expression, String from, String due) {
        assertThat(CronSchedule.parse(expression).next(ZonedDateTime.parse(from)))
                .contains(ZonedDateTime.parse(due));
    }

    @Test
    void thereIsNoThirtiethOfFebruary() {
        assertThat(CronSchedule.parse("0 0 30 2 *").next(ZonedDateTime.parse("2026-01-01T00:00:00Z")))
                .isEmpty();
    }

    @Test
    void anHourThatIsLeftOutIsLeftOut() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        // On 29 March 2026 two o'clock is followed by three o'clock.
        ZonedDateTime before = ZonedDateTime.of(2026, 3, 29, 0, 0, 0, 0, berlin);
        assertThat(CronSchedule.parse("30 2 * * *").next(before))
                .contains(ZonedDateTime.of(2026, 3, 30, 2, 30, 0, 0, berlin));
    }

    @Test
    void aTimeIsAlwaysLaterAndOneOfTheSchedule() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 2000; i++) {
            String expression = random.nextInt(60) + " " + random.nextInt(24) + " * * " + random.nextInt(7);
            ZonedDateTime from = ZonedDateTime.parse("2026-01-01T00:00:00Z[America/New_York]")
                    .plusMinutes(random.nextInt(600_000));
            Optional<ZonedDateTime> next = CronSchedule.parse(expression).next(from);
            String[] fields = expression.split(" ");
            assertThat(next)
                    .as(expression)
                    .hasValueSatisfying(at -> assertThat(at)
                            .isAfter(from)
                            .matches(time -> time.getMinute() == Integer.parseInt(fields[0])
                                    && time.getHour() == Integer.parseInt(fields[1])
                                    && time.getDayOfWeek().getValue() % 7 == Integer.parseInt(fields[4])));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * *        | expected exactly 5 fields, found 4: [* * * *]",
                "60 * * * *     | end of range (60) above maximum (59): 60",
                "* * 0 * *      | beginning of range (0) below minimum (1): 0",
                "5-1 * * * *    | beginning of range (5) beyond end of range (1): 5-1",
                "*/0 * * * *    | step of range should be a positive number: */0",
                "1-2-3 * * * *  | too many hyphens: 1-2-3",
                "1/2/3 * * * *  | too many slashes: 1/2/3",
                "a * * * *      | failed to parse int from a: strconv.Atoi: parsing \"a\": invalid syntax",
                "@fortnightly   | unrecognized descriptor: @fortnightly",
                "CRON_TZ=UTC * * * * * | cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
            })
    void saysWhatIsWrong(String expression, String problem) {
        assertThatThrownBy(() -> CronSchedule.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }
}
