package io.kvorum.api.cron;

import java.time.ZoneId;
import java.time.zone.ZoneRulesProvider;
import java.util.Map;
import java.util.Optional;

/** Time zones by the names of the IANA database; no offsets such as {@code UTC+3}, which only look like such names. */
public final class TimeZones {
    /** Names of the database that Java keeps beside its own copy of it. */
    private static final Map<String, String> OFFSETS = Map.of("EST", "-05:00", "MST", "-07:00", "HST", "-10:00");

    private TimeZones() {}

    /** Empty for a name that the database does not have; names are told apart by case. */
    public static Optional<ZoneId> find(String name) {
        String offset = OFFSETS.get(name);
        if (offset != null) {
            return Optional.of(ZoneId.of(offset));
        }
        return ZoneRulesProvider.getAvailableZoneIds().contains(name) ? Optional.of(ZoneId.of(name)) : Optional.empty();
    }
}
