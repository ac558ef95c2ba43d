package io.kvorum.cluster;

import io.kvorum.testkit.collection.ClientLog;
import io.kvorum.testkit.collection.Listing;
import io.kvorum.testkit.collection.Listing.Wanted;
import io.kvorum.testkit.collection.Operation;
import io.kvorum.testkit.collection.Page;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Lists again and again, in pages that come from one server after the other. */
final class BalancedLister {
    private static final int PAGE = 7;
    private static final int MOST_ATTEMPTS = 20;
    private static final long PAUSE_MILLIS = 40;
    private static final int GONE = 410;

    private final Balanced balanced;
    private final String configMaps;
    private final Shown shown;
    private final String client;
    private int expired;

    BalancedLister(Balanced balanced, String configMaps, Shown shown, String client) {
        this.balanced = balanced;
        this.configMaps = configMaps;
        this.shown = shown;
        this.client = client;
    }

    /** Lists, ending with one that begins after {@code stop}. */
    ClientLog listUntil(BooleanSupplier stop, Callable<Wanted> wanted) throws Exception {
        List<Operation> done = new ArrayList<>();
        long known = 0;
        while (!stop.getAsBoolean()) {
            Wanted how = known == 0 ? Wanted.NEWEST : wanted.call();
            Optional<Listing> listing = list(how, how == Wanted.NEWEST || how == Wanted.ANY ? 0 : known);
            if (listing.isPresent()) {
                known = Math.max(known, listing.get().resourceVersion());
                done.add(listing.get());
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        done.add(newest());
        return new ClientLog(client, done);
    }

    /** A whole list of the newest version, however long it takes. */
    Listing newest() throws InterruptedException {
        Optional<Listing> listing = list(Wanted.NEWEST, 0);
        while (listing.isEmpty() || !listing.get().whole()) {
            listing = list(Wanted.NEWEST, 0);
        }
        return listing.get();
    }

    /** How often pages were of a version that was no more. */
    int expired() {
        return expired;
    }

    private static String query(Wanted wanted, long version) {
        return switch (wanted) {
            case NEWEST -> "";
            case ANY -> "&resourceVersion=0";
            case NOT_OLDER_THAN -> "&resourceVersionMatch=NotOlderThan&resourceVersion=" + version;
            case EXACT -> "&resourceVersionMatch=Exact&resourceVersion=" + version;
        };
    }

    /** Empty when not even the first page was to be had. */
    Optional<Listing> list(Wanted wanted, long version) throws InterruptedException {
        List<Page> pages = new ArrayList<>();
        String token = "";
        long sent = 0;
        int attempts = 0;
        while (pages.isEmpty() || !token.isEmpty()) {
            Balanced.Server server = balanced.next();
            String query = "?limit=" + PAGE + shown.query()
                    + (pages.isEmpty() ? query(wanted, version) : "&continue=" + token);
            long now = System.nanoTime();
            try {
                HttpResponse<byte[]> answer = balanced.send(Balanced.request(server, configMaps + query)
                        .header("Accept", shown.accept())
                        .build());
                if (answer.statusCode() == 200) {
                    Shown.Answer page = shown.list(answer.body());
                    sent = pages.isEmpty() ? now : sent;
                    pages.add(new Page(server.name(), page.resourceVersion(), page.items()));
                    token = page.token();
                    balanced.succeeded();
                    continue;
                }
                if (answer.statusCode() == GONE) {
                    expired++;
                    break;
                }
                refuse(answer);
            } catch (IOException e) {
                // its server does not answer: the next one may
            }
            if (++attempts == MOST_ATTEMPTS) {
                break;
            }
            balanced.failed();
        }
        return pages.isEmpty()
                ? Optional.empty()
                : Optional.of(new Listing(wanted, version, pages, token.isEmpty(), sent, System.nanoTime()));
    }

    /** Only failures that pass are taken for failures. */
    static void refuse(HttpResponse<?> answer) {
        int status = answer.statusCode();
        if (status < 500 && status != 429) {
            throw new AssertionError(answer.request().uri() + " was answered by " + status);
        }
    }
}
