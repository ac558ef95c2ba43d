package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The timeline as one HTML page that needs nothing else: lanes as SVG, details, filters. */
public final class TimelinePage {
    /** More than this no browser draws well. */
    private static final int MOST_EVENTS = 20_000;

    private TimelinePage() {}

    /** @param events oldest first; of very many only the newest are drawn, and the page says so */
    public static String of(String cluster, List<TimelineEvent> events) throws IOException {
        List<TimelineEvent> drawn = events.subList(Math.max(0, events.size() - MOST_EVENTS), events.size());
        String template;
        try (InputStream in = TimelinePage.class.getResourceAsStream("timeline.html")) {
            if (in == null) {
                throw new IOException("the page's template is missing in this build");
            }
            template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        // "</" would end the script that the data stands in.
        String data = new ObjectMapper().writeValueAsString(drawn).replace("</", "<\\/");
        String name = cluster.replace("&", "&amp;").replace("<", "&lt;");
        return template.replace("%CLUSTER%", name)
                .replace("%LEFT_OUT%", Integer.toString(events.size() - drawn.size()))
                .replace("%EVENTS%", data);
    }
}
